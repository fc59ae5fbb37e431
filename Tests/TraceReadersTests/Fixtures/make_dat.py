#!/usr/bin/env python3
"""Makes a small trace.dat (version 7) of a real one: without kernel symbols, cut, packed otherwise, or in the other byte order.

usage: make_dat.py IN OUT [--chunks N] [--skip N] [--codec none|zlib|zstd] [--big-endian] [--instance NAME=CPU] [--option ID=HEX]...

--instance moves a CPU's data into a buffer instance. --chunks keeps N chunks of each CPU, behind the first --skip. --option adds an option with these bytes (of the new byte order).
zstd is packed by the command of that name. The records stay what the kernel recorded; README.md says what each fixture is made of.
"""
import argparse, re, struct, subprocess, zlib

LAYOUT, FTRACE, EVENTS, SYMBOLS, PRINTK, COMMS, BUFFER = 16, 17, 18, 19, 20, 21, 3
KEPT_OPTIONS = (1, 4, 5, 7, 8, 9, 11)

def zstd(data, *flags):
    return subprocess.run(['zstd', '-q', '-c', *flags], input=data, stdout=subprocess.PIPE, check=True).stdout

class Source:
    def __init__(self, data):
        self.data = data
        assert data[:12] == b'\x17\x08\x44tracing7\0'[:12] and data[12] == 0, 'a little-endian trace.dat of version 7 is wanted'
        self.codec, rest = data[18:].split(b'\0', 1)
        place = data.index(b'\0', 18 + len(self.codec) + 1) + 1
        self.options, self.sections, self.buffers = [], {}, []
        next_list, = struct.unpack_from('<Q', data, place)
        while next_list:
            next_list = self.read_options(self.section(next_list))

    def unpack(self, packed):
        return zstd(packed, '-d') if self.codec == b'zstd' else zlib.decompress(packed)

    def section(self, offset):
        _, flags, _, size = struct.unpack_from('<HHIQ', self.data, offset)
        data = self.data[offset + 16:]
        if not flags & 1:
            return data[:size]
        packed, _ = struct.unpack_from('<II', data)
        return self.unpack(data[8:8 + packed])

    def read_options(self, data):
        place = 0
        while True:
            number, size = struct.unpack_from('<HI', data, place)
            value = data[place + 6:place + 6 + size]
            place += 6 + size
            if number == 0:
                return struct.unpack('<Q', value)[0]
            if number in (LAYOUT, FTRACE, EVENTS, COMMS):
                self.sections[number] = self.section(struct.unpack('<Q', value)[0])
            elif number == BUFFER:
                self.buffers.append(self.read_buffer(value))
            elif number in KEPT_OPTIONS:
                self.options.append((number, value))

    def read_buffer(self, value):
        offset, = struct.unpack_from('<Q', value)
        name, clock, rest = value[8:].split(b'\0', 2)
        page, count = struct.unpack_from('<II', rest)
        is_packed = struct.unpack_from('<HHIQ', self.data, offset)[1] & 1
        cpus = []
        for index in range(count):
            cpu, start, size = struct.unpack_from('<IQQ', rest, 8 + 20 * index)
            cpus.append((cpu, self.chunks(start, size, is_packed, page)))
        return name, clock, page, cpus

    def chunks(self, start, size, is_packed, page):
        if size and not is_packed:
            step = 10 * page
            return [self.data[start + at:start + min(at + step, size)] for at in range(0, size, step)]
        found, place = [], start + 4
        for _ in range(struct.unpack_from('<I', self.data, start)[0] if size else 0):
            packed, _ = struct.unpack_from('<II', self.data, place)
            found.append(self.unpack(self.data[place + 8:place + 8 + packed]))
            place += 8 + packed
        return found

def formats(source):
    """By event type: the (offset, size) of each number in its records."""
    text = source.sections[FTRACE] + source.sections[EVENTS]
    found = {}
    for number, body in re.findall(rb'\nID: (\d+)\nformat:\n(.*?)\nprint fmt', text, re.S):
        fields = re.findall(rb'field:([^;]*);\toffset:(\d+);\tsize:(\d+);', body)
        found[int(number)] = [(int(offset), int(size)) for declaration, offset, size in fields if b'[' not in declaration]
    return found

def swapped_page(page, fields):
    """The page as a big-endian kernel would have written it."""
    stamp, commit = struct.unpack_from('<QQ', page)
    out = bytearray(len(page))
    struct.pack_into('>QQ', out, 0, stamp, commit)
    place, end = 16, 16 + (commit & 0x7ffffff)
    if commit >> 30 & 1:
        struct.pack_into('>Q', out, end, *struct.unpack_from('<Q', page, end))
    while place + 4 <= end:
        head, = struct.unpack_from('<I', page, place)
        kind, delta = head & 31, head >> 5
        struct.pack_into('>I', out, place, kind << 27 | delta)
        place += 4
        if kind == 29 and delta == 0:
            break
        if kind in (0, 29, 30, 31):
            extra, = struct.unpack_from('<I', page, place)
            struct.pack_into('>I', out, place, extra)
            place += extra if kind == 29 else 4
            size = (extra - 4 + 3) & ~3 if kind == 0 else 0
        else:
            size = kind * 4
        if size:
            record = bytearray(page[place:place + size])
            for offset, bytes_ in fields[struct.unpack_from('<H', record)[0]]:
                if bytes_ in (2, 4, 8) and offset + bytes_ <= size:
                    record[offset:offset + bytes_] = record[offset:offset + bytes_][::-1]
            out[place:place + size] = record
            place += size
    return bytes(out)

def swapped_lists(source):
    """The sections with their counts and lengths in the other order."""
    def formats_of(data, place, count):
        parts = []
        for _ in range(count):
            size, = struct.unpack_from('<Q', data, place)
            parts.append(struct.pack('>Q', size) + data[place + 8:place + 8 + size])
            place += 8 + size
        return b''.join(parts), place
    layout = source.sections[LAYOUT]
    first, = struct.unpack_from('<Q', layout, 12)
    second, = struct.unpack_from('<Q', layout, 20 + first + 13)
    result = {LAYOUT: layout[:12] + struct.pack('>Q', first) + layout[20:20 + first + 13] + struct.pack('>Q', second)
              + layout[20 + first + 21:]}
    data = source.sections[FTRACE]
    count, = struct.unpack_from('<I', data)
    result[FTRACE] = struct.pack('>I', count) + formats_of(data, 4, count)[0]
    data, place = source.sections[EVENTS], 4
    systems, = struct.unpack_from('<I', data)
    out = [struct.pack('>I', systems)]
    for _ in range(systems):
        name, _ = data[place:].split(b'\0', 1)
        place += len(name) + 1
        count, = struct.unpack_from('<I', data, place)
        part, place = formats_of(data, place + 4, count)
        out.append(name + b'\0' + struct.pack('>I', count) + part)
    result[EVENTS] = b''.join(out)
    data = source.sections[COMMS]
    result[COMMS] = struct.pack('>Q', struct.unpack_from('<Q', data)[0]) + data[8:]
    return result

class Target:
    def __init__(self, order, codec):
        self.order, self.codec, self.out = order, codec, bytearray()

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def packed(self, data):
        block = zstd(data, '-3', '--no-check') if self.codec == 'zstd' else zlib.compress(data)
        return self.pack('II', len(block), len(data)) + block

    def section(self, number, data):
        offset = len(self.out)
        is_packed = self.codec != 'none'
        if is_packed:
            data = self.packed(data)
        self.out += self.pack('HHIQ', number, int(is_packed), 0, len(data)) + data
        return offset

    def buffer(self, name, clock, page, cpus):
        """The section, and the option that says where its CPUs stand."""
        offset = len(self.out)
        is_packed = self.codec != 'none'
        self.out += self.pack('HHIQ', BUFFER, int(is_packed), 0, 0)
        value = self.pack('Q', offset) + name + b'\0' + clock + b'\0' + self.pack('II', page, len(cpus))
        for cpu, chunks in cpus:
            self.out += bytes(-len(self.out) % page)
            data = b''.join(map(self.packed, chunks)) if is_packed else b''.join(chunks)
            value += self.pack('IQQ', cpu, len(self.out), len(data))
            self.out += (self.pack('I', len(chunks)) if is_packed else b'') + data
        struct.pack_into(self.order + 'Q', self.out, offset + 8, len(self.out) - offset - 16)
        return value

def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('source')
    parser.add_argument('target')
    parser.add_argument('--chunks', type=int)
    parser.add_argument('--skip', type=int, default=0)
    parser.add_argument('--codec', choices=['none', 'zlib', 'zstd'], default='zstd')
    parser.add_argument('--big-endian', action='store_true')
    parser.add_argument('--instance')
    parser.add_argument('--option', action='append', default=[])
    arguments = parser.parse_args()
    with open(arguments.source, 'rb') as file:
        source = Source(file.read())
    if arguments.instance:
        instance, moved = arguments.instance.split('=')
        name, clock, page, cpus = source.buffers[0]
        source.buffers = [(name, clock, page, [cpu for cpu in cpus if cpu[0] != int(moved)]),
                          (instance.encode(), clock, page, [cpu for cpu in cpus if cpu[0] == int(moved)])]
    order = '>' if arguments.big_endian else '<'
    target = Target(order, arguments.codec)
    target.out += b'\x17\x08\x44tracing7\0' + bytes([arguments.big_endian, 8])
    page = max(buffer[2] for buffer in source.buffers)
    target.out += target.pack('I', page) + arguments.codec.encode() + b'\0' + b'1.0\0'
    options_place = len(target.out)
    target.out += bytes(8)
    sections = swapped_lists(source) if arguments.big_endian else source.sections
    fields = formats(source)
    # trace-cmd convert wants these two, empty or not.
    sections = {**sections, SYMBOLS: bytes(4), PRINTK: bytes(4)}
    options = [(number, target.pack('Q', target.section(number, data))) for number, data in sorted(sections.items())]
    for number, value in source.options:
        options.append((number, value if number not in (8, 11) else value[::-1] if arguments.big_endian else value))
    for name, clock, page, cpus in source.buffers:
        kept = []
        for cpu, chunks in cpus:
            chunks = chunks[arguments.skip:]
            chunks = chunks if arguments.chunks is None else chunks[:arguments.chunks]
            if arguments.big_endian:
                chunks = [b''.join(swapped_page(chunk[at:at + page], fields) for at in range(0, len(chunk), page))
                          for chunk in chunks]
            if chunks:
                kept.append((cpu, chunks))
        options.append((BUFFER, target.buffer(name, clock, page, kept)))
    for option in arguments.option:
        number, value = option.split('=')
        options.append((int(number), bytes.fromhex(value)))
    data = b''.join(target.pack('HI', number, len(value)) + value for number, value in options)
    data += target.pack('HIQ', 0, 8, 0)
    struct.pack_into(order + 'Q', target.out, options_place, target.section(0, data))
    with open(arguments.target, 'wb') as file:
        file.write(target.out)

main()
