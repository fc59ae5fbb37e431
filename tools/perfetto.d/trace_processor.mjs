// Perfetto's trace_processor under node: requests of its RPC on standard input, replies on standard output.
//
// node trace_processor.mjs FOLDER < REQUESTS > REPLIES; FOLDER has engine_bundle.js and the wasm of a Perfetto UI. The
// bundle is made for a web worker, so this is one.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

const folder = process.argv[2];
globalThis.self = globalThis;
globalThis.importScripts = () => {};
globalThis.WorkerGlobalScope = Object;
globalThis.location = {href: 'http://localhost/engine_bundle.js'};
// Else it sees that it is in node, which it is not built for.
process.type = 'renderer';
// It asks for the wasm, and waits for it.
globalThis.XMLHttpRequest = class {
  open(method, url) {
    this.response = fs.readFileSync(path.join(folder, path.basename(url)));
  }
  send() {}
};
// Standard output is for replies.
console.log = console.info = console.warn = () => {};

vm.runInThisContext(fs.readFileSync(path.join(folder, 'engine_bundle.js'), 'utf8'));
await new Promise((resolve) => setTimeout(resolve, 0));
const port = {
  postMessage(bytes) {
    for (let place = 0; place < bytes.length; ) place += fs.writeSync(1, bytes, place);
  },
};
self.onmessage({data: port});
port.onmessage({data: new Uint8Array(fs.readFileSync(0))});
