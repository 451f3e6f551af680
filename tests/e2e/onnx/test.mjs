// node test.mjs MODEL ANSWERS - ONNX Runtime reads what `gavel release export --onnx` wrote and
// computes, all texts in one padded batch, what the float kernels said (tests/e2e/encode_texts.c).
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";

const [model, answers] = process.argv.slice(2);
const texts = readFileSync(answers, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 2 });
assert.deepEqual([...session.inputNames].sort(), ["mask", "pieces", "texts"]);
assert.deepEqual([...session.outputNames].sort(), ["text_logits", "window_logits"]);

const ints = (rows) => {
    const width = rows[0].length;
    return new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, width]);
};

// garbage: what stands in the padding, which must not count
const run = async (some, garbage) => {
    const windows = some.flatMap((t) => t.windows);
    const longest = Math.max(...windows.map((w) => w.length)) + (garbage ? 3 : 0);
    const pad = (w, x) => [...w, ...Array(longest - w.length).fill(x)];
    const owner = some.flatMap((t, i) => t.windows.map(() => i));
    return session.run({
        pieces: ints(windows.map((w) => pad(w, garbage))),
        mask: ints(windows.map((w) => pad(w.map(() => 1), 0))),
        texts: ints(some.map((_, i) => owner.map((o) => Number(o === i)))),
    });
};

const furthest = (got, want) => {
    assert.equal(got.length, want.length);
    return want.reduce((worst, x, i) => Math.max(worst, Math.abs(got[i] - x)), 0);
};

const check = (got, some) => {
    const factors = some[0].text_logits.length;
    assert.deepEqual(got.text_logits.dims, [some.length, factors]);
    return Math.max(
        furthest(got.window_logits.data, some.flatMap((t) => t.window_logits)),
        furthest(got.text_logits.data, some.flatMap((t) => t.text_logits)),
    );
};

let worst = Math.max(check(await run(texts, 0), texts), check(await run(texts, 77), texts));
for (const text of texts) worst = Math.max(worst, check(await run([text], 0), [text]));
const windows = texts.reduce((n, t) => n + t.windows.length, 0);
console.log(`${texts.length} texts, ${windows} windows: at most ${worst.toExponential(1)} apart`);
assert.ok(worst <= 1e-4, `${worst} is more than 1e-4`);
assert.ok(texts.some((t) => t.windows.length > 2), "no text of several windows");
assert.ok(texts.some((t) => t.window_logits.some((x) => Math.abs(x) > 0.01)), "logits of nothing");
