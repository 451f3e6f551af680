// node onnx.mjs MODEL ROUNDS - ONNX Runtime on what `gavel release export --onnx` wrote, one
// thread: `name value unit` lines, best of ROUNDS calls of each shape; the processor's time.
import * as ort from "onnxruntime-node";

const [model, rounds] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
});
const ints = (rows, width, value) =>
    new ort.Tensor("int64", BigInt64Array.from({ length: rows * width }, (_, i) => BigInt(value(i))), [rows, width]);

const shapes = [[1, 16], [1, 32], [1, 128], [32, 32]].map(([windows, pieces]) => ({
    name: `${windows}x${pieces}`,
    best: Infinity,
    // each window is a text of its own, as in a batch of messages
    feeds: {
        pieces: ints(windows, pieces, (i) => 10 + ((i * 101) % 7000)),
        mask: ints(windows, pieces, () => 1),
        texts: ints(windows, windows, (i) => Number(i % windows === Math.floor(i / windows))),
    },
}));
for (let round = 0; round < Number(rounds); round++)
    for (const shape of shapes) {
        await session.run(shape.feeds); // its weights into the cache
        const from = process.cpuUsage();
        await session.run(shape.feeds);
        const { user, system } = process.cpuUsage(from);
        shape.best = Math.min(shape.best, (user + system) / 1e3);
    }
for (const { name, best } of shapes) console.log(`peer_onnxruntime_${name} ${best.toFixed(3)} ms`);
