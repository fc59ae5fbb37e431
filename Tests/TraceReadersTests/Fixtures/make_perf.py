#!/usr/bin/env python3
"""Makes a small perf.data of a real one: its first samples, without what tells about the machine, and in other forms of the same.

usage: make_perf.py IN OUT [--samples N] [--round N] [--no-rounds] [--pipe] [--zstd] [--big-endian] [--call-chains] [--unfinished]

IN is little endian, and made by perf record -a. What stays: the samples that are the first N in time, the records of threads
(COMM, FORK) and of ids, and of the features the tracing data without the kernel's symbols; --zstd adds COMPRESSED, which says so.
--round N says FINISHED_ROUND behind every N samples, each round's samples by CPU as perf record reads them. --call-chains adds a call
chain of three words and a counter's value to each sample. --unfinished is what a killed perf record leaves. zstd is packed by the
command of that name, into one frame; README.md says what each fixture is made of. `perf script --ns` reads all but the last.
"""
import argparse, re, struct, subprocess

COMM, FORK, SAMPLE, ATTR, TRACING, ROUND, INDEX, FEATURE, PACKED = 3, 7, 9, 64, 66, 68, 69, 80, 81
KEPT = (COMM, FORK, SAMPLE, INDEX)
TRACING_DATA, HOSTNAME, COMPRESSED = 1, 3, 27
# Of a sample: identifier, ip, pid and tid, time, cpu and 0, period, bytes of raw data.
SAMPLE_HEAD = 'QQiiQIIQI'
CHAIN = (0xffffffff81000000, 0xffffffffc0a09fa4, 0x7f88ab200000)

def words(data, letter):
    return struct.unpack(f'<{len(data) // struct.calcsize("<" + letter)}{letter}', data)

class Source:
    def __init__(self, data):
        magic, header, self.entry, attrs, attrs_size, begin, size = struct.unpack_from('<8s6Q', data)
        assert magic == b'PERFILE2' and header == 104, 'a little-endian perf.data, not of a pipe, is wanted'
        self.attrs = []
        for place in range(attrs, attrs + attrs_size, self.entry):
            ids, ids_size = struct.unpack_from('<2Q', data, place + self.entry - 16)
            self.attrs.append((data[place:place + self.entry - 16], words(data[ids:ids + ids_size], 'Q')))
        self.records, place = [], begin
        while place < begin + size:
            kind, misc, length = struct.unpack_from('<IHH', data, place)
            if kind in KEPT:
                self.records.append((kind, misc, data[place + 8:place + length]))
            place += length
        features = [bit for bit in range(256) if data[72 + bit // 8] >> bit % 8 & 1]
        at, size = struct.unpack_from('<2Q', data, begin + size + 16 * features.index(TRACING_DATA))
        self.tracing = TracingData(data[at:at + size])

class TracingData:
    """The head of a trace.dat; kept of it are the formats, without the symbols behind them."""
    def __init__(self, data):
        self.begin = data.index(b'\0', 10) + 1
        self.head, self.page = data[:self.begin], data[self.begin + 1:self.begin + 6]
        self.data, self.place = data, self.begin + 6
        self.blocks = [(self.string(), self.block()) for _ in range(2)]
        self.lists = [(b'', self.list())]
        systems = self.number('I')
        self.lists += [(self.string(), self.list()) for _ in range(systems)]

    def string(self):
        begin, self.place = self.place, self.data.index(b'\0', self.place) + 1
        return self.data[begin:self.place]

    def number(self, letter):
        value, = struct.unpack_from('<' + letter, self.data, self.place)
        self.place += struct.calcsize('<' + letter)
        return value

    def block(self):
        size = self.number('Q')
        self.place += size
        return self.data[self.place - size:self.place]

    def list(self):
        return [self.block() for _ in range(self.number('I'))]

    def text(self):
        return b''.join(block for _, blocks in self.lists for block in blocks)

    def bytes(self, order):
        def block(data):
            return struct.pack(order + 'Q', len(data)) + data
        page = self.page[:1] + struct.pack(order + 'I', struct.unpack('<I', self.page[1:])[0])
        output = self.head + (b'\1' if order == '>' else b'\0') + page
        output += b''.join(name + block(data) for name, data in self.blocks)
        for number, (name, blocks) in enumerate(self.lists):
            if number == 1:
                output += struct.pack(order + 'I', len(self.lists) - 1)
            output += name + struct.pack(order + 'I', len(blocks)) + b''.join(block(data) for data in blocks)
        # No symbols, no formats of trace_printk(), no comms.
        return output + bytes(4 + 4 + 8)

class Writer:
    def __init__(self, source, options):
        self.source, self.options, self.counts = source, options, {}
        self.order = '>' if options.big_endian else '<'
        self.tracing = source.tracing.bytes(self.order)

    def pack(self, letters, *values):
        return struct.pack(self.order + letters, *values)

    def record(self, kind, body, misc=0):
        return self.pack('IHH', kind, misc, 8 + len(body)) + body

    def attribute(self, attr):
        head = list(struct.unpack_from('<IIQQQQQ', attr))
        rest = words(attr[48:], 'I')
        if self.options.call_chains and head[0] == 2:
            head[4], head[5] = head[4] | 1 << 4 | 1 << 5, 1 << 0 | 1 << 2
        if self.options.big_endian:
            head[6] = int(f'{head[6]:064b}'[::-1], 2)
        return self.pack('IIQQQQQ', *head) + self.pack(f'{len(rest)}I', *rest)

    def sizes(self):
        """By event type: the (offset, size) of each number in its records."""
        found = {}
        for number, body in re.findall(rb'\nID: (\d+)\nformat:\n(.*?)\nprint fmt', self.source.tracing.text(), re.S):
            fields = re.findall(rb'offset:(\d+);\tsize:(\d+);', body)
            found[int(number)] = [(int(offset), int(size)) for offset, size in fields]
        return found

    def raw(self, data, sizes):
        if not self.options.big_endian:
            return data
        swapped = bytearray(data)
        for offset, size in sizes[struct.unpack_from('<H', data)[0]]:
            if size in (2, 4, 8) and offset + size <= len(data):
                swapped[offset:offset + size] = data[offset:offset + size][::-1]
        return bytes(swapped)

    def sample(self, body, sizes):
        head = struct.unpack_from('<' + SAMPLE_HEAD, body)
        begin = struct.calcsize('<' + SAMPLE_HEAD)
        data = self.raw(body[begin:begin + head[-1]], sizes)
        self.counts[head[0]] = self.counts.get(head[0], 0) + 1
        more = self.pack('QQQ', self.counts[head[0]], 8, head[0]) + self.pack('4Q', 3, *CHAIN) if self.options.call_chains else b''
        return self.record(SAMPLE, self.pack(SAMPLE_HEAD[:-1], *head[:-1]) + more + self.pack('I', head[-1]) + data)

    def thread(self, kind, misc, body):
        """COMM and FORK, with what stands behind them: pid and tid, time, cpu and 0, identifier."""
        own = 8 if kind == COMM else 24
        trailer = self.pack('iiQIIQ', *struct.unpack('<iiQIIQ', body[-32:]))
        if kind == COMM:
            return self.record(kind, self.pack('ii', *struct.unpack_from('<ii', body)) + body[own:-32] + trailer, misc)
        return self.record(kind, self.pack('iiiiQ', *struct.unpack_from('<iiiiQ', body)) + trailer, misc)

    def rounds(self):
        """Lists of records: what is made up first, then each round."""
        made_up = [r for r in self.source.records if r[0] == INDEX or r[0] != SAMPLE and self.time(r) == 0]
        timed = sorted((r for r in self.source.records if r not in made_up), key=self.time)
        samples = [place for place, record in enumerate(timed) if record[0] == SAMPLE][:self.options.samples]
        timed = timed[:samples[-1] + 1]
        size = self.options.round or len(timed)
        return [made_up] + [sorted(timed[at:at + size], key=self.cpu) for at in range(0, len(timed), size)]

    @staticmethod
    def time(record):
        kind, _, body = record
        return struct.unpack_from('<Q', body, 24)[0] if kind == SAMPLE else struct.unpack_from('<Q', body, len(body) - 24)[0]

    @staticmethod
    def cpu(record):
        kind, _, body = record
        return struct.unpack_from('<I', body, 32)[0] if kind == SAMPLE else struct.unpack_from('<I', body, len(body) - 16)[0]

    def data(self):
        sizes, output = self.sizes(), b''
        for number, records in enumerate(self.rounds()):
            written = b''
            for kind, misc, body in records:
                if kind == SAMPLE:
                    written += self.sample(body, sizes)
                elif kind == INDEX:
                    written += self.record(kind, self.pack(f'{len(body) // 8}Q', *words(body, 'Q')))
                else:
                    written += self.thread(kind, misc, body)
            output += written if number == 0 or not self.options.zstd else self.packed(written)
            if number > 0 and not self.options.no_rounds:
                output += self.record(ROUND, b'')
        return output

    def packed(self, data):
        frame = subprocess.run(['zstd', '-q', '-c', '--no-check'], input=data, stdout=subprocess.PIPE, check=True).stdout
        # Pieces of any size: a record may be cut by them.
        return b''.join(self.record(PACKED, frame[at:at + 5000]) for at in range(0, len(frame), 5000))

    def file(self):
        entries = [(self.attribute(attr), self.pack(f'{len(ids)}Q', *ids)) for attr, ids in self.source.attrs]
        compressed = self.pack('5I', 1, 1, 1, 8, 1 << 20)
        if self.options.pipe:
            output = b'PERFILE2'[::-1 if self.options.big_endian else 1] + self.pack('Q', 16)
            output += b''.join(self.record(ATTR, attr + ids) for attr, ids in entries)
            if self.options.zstd:
                output += self.record(FEATURE, self.pack('Q', COMPRESSED) + compressed + bytes(4))
            padding = -len(self.tracing) % 8
            output += self.record(TRACING, self.pack('I', len(self.tracing)) + bytes(4)) + self.tracing
            return output + bytes(padding) + self.data()
        ids, places, place = b'', [], 104
        for _, list_ in entries:
            places.append((place, len(list_)))
            ids += list_
            place += len(list_)
        attrs = b''.join(attr + self.pack('2Q', *at) for (attr, _), at in zip(entries, places))
        data, begin = self.data(), place + len(attrs)
        # perf looks for the host's name to find the byte order of the list of features.
        behind_data = {TRACING_DATA: self.tracing, HOSTNAME: self.pack('I8s', 8, b'unnamed')}
        if self.options.zstd:
            behind_data[COMPRESSED] = compressed
        features, sections = sum(1 << feature for feature in behind_data), behind_data.values()
        behind, at = b'', begin + len(data) + 16 * len(sections)
        for section in sections:
            behind += self.pack('2Q', at, len(section))
            at += len(section)
        size = 0 if self.options.unfinished else len(data)
        header = b'PERFILE2'[::-1 if self.options.big_endian else 1]
        header += self.pack('8Q', 104, self.source.entry, place, len(attrs), begin, size, 0, 0) + self.pack('4Q', features, 0, 0, 0)
        return header + ids + attrs + data + (b'' if self.options.unfinished else behind + b''.join(sections))

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('input')
    parser.add_argument('output')
    parser.add_argument('--samples', type=int, default=1 << 60)
    parser.add_argument('--round', type=int)
    for flag in ('no-rounds', 'pipe', 'zstd', 'big-endian', 'call-chains', 'unfinished'):
        parser.add_argument('--' + flag, action='store_true')
    options = parser.parse_args()
    with open(options.input, 'rb') as file:
        source = Source(file.read())
    with open(options.output, 'wb') as file:
        file.write(Writer(source, options).file())
