// The official client, unmodified, against a server.  Arguments: the base URL of a server
// that knows the key "sk-right", and that of one with one worker and a queue of one.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [base, tiny] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: 'sk-right', maxRetries: 0 });

const KEYS = ['harassment', 'harassment/threatening', 'hate', 'hate/threatening', 'illicit',
  'illicit/violent', 'self-harm', 'self-harm/instructions', 'self-harm/intent', 'sexual',
  'sexual/minors', 'violence', 'violence/graphic'];

function isResult(r) {
  assert.deepEqual(Object.keys(r).sort(),
    ['categories', 'category_applied_input_types', 'category_scores', 'flagged']);
  for (const map of ['categories', 'category_scores', 'category_applied_input_types'])
    assert.deepEqual(Object.keys(r[map]).sort(), KEYS);
  for (const key of KEYS) {
    assert.equal(typeof r.categories[key], 'boolean');
    assert.ok(r.category_scores[key] >= 0 && r.category_scores[key] <= 1);
    assert.deepEqual(r.category_applied_input_types[key], ['text']);
  }
  assert.equal(r.flagged, KEYS.some((key) => r.categories[key]));
}

async function judge(input, count, extra = {}) {
  const answer = await client.moderations.create({ input, ...extra });
  assert.match(answer.id, /^modr-[0-9a-f]{32}$/);
  assert.match(answer._request_id, /^req_[0-9a-f]{32}$/);
  assert.equal(answer.results.length, count);
  answer.results.forEach(isResult);
  return answer;
}

async function refused(kind, call) {
  const e = await call().then(() => assert.fail('was answered'), (error) => error);
  assert.ok(e instanceof kind, `${e.constructor.name}: ${e.message}`);
  assert.match(e.requestID, /^req_/);
  return e;
}

const raw = (url, body, key = 'sk-right') =>
  fetch(`${url}/moderations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body,
  });

async function isError(reply, status, code, param) {
  assert.equal(reply.status, status);
  const { error } = await reply.json();
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
  assert.equal(error.code, code);
  assert.equal(error.param, param);
  return error;
}

const metric = async (name) =>
  Number((await (await fetch(`${tiny.replace(/\/v1$/, '')}/metrics`)).text())
    .match(new RegExp(`^${name} (\\d+)$`, 'm'))[1]);

const tests = {
  async 'a string'() {
    const answer = await judge('Where can I buy apples?', 1);
    assert.equal(answer.model, 'omni-moderation-latest');
  },
  async 'a named model is echoed'() {
    assert.equal((await judge('hello', 1, { model: 'text-moderation-stable' })).model,
      'text-moderation-stable');
  },
  async 'an empty string'() {
    await judge('', 1);
  },
  async 'parts with text give one result'() {
    await judge([{ type: 'text', text: 'one' }, { type: 'text', text: 'two' }], 1);
  },
  async '64 strings in order'() {
    const texts = Array.from({ length: 64 }, (_, i) => `text ${i}: ${'word '.repeat(i % 7)}`);
    const { results } = await judge(texts, 64);
    for (const i of [0, 1, 17, 40, 63]) {
      const { results: [alone] } = await judge(texts[i], 1);
      assert.deepEqual(results[i], alone);
    }
  },
  async 'Unicode, emoji and control characters'() {
    const texts = ['Grüße aus Köln', '日本語のテキスト', 'مرحبا', '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽', 'e\u0301\u200b\u202e', 'a\0b',
      '"quotes" \\ and \n lines', '\u{10ffff}'];
    await judge(texts, texts.length);
  },
  async 'a megabyte in one string'() {
    await judge('The quick brown fox jumps. '.repeat(38836), 1);
  },
  async 'a wrong key'() {
    const stranger = new OpenAI({ baseURL: base, apiKey: 'sk-wrong', maxRetries: 0 });
    const e = await refused(OpenAI.AuthenticationError,
      () => stranger.moderations.create({ input: 'x' }));
    assert.equal(e.status, 401);
    assert.equal(e.code, 'invalid_api_key');
  },
  async 'bad JSON'() {
    await isError(await raw(base, '{"input": "x"'), 400, 'invalid_json', null);
    await isError(await raw(base, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400,
      'invalid_json', null);
  },
  async 'wrong types name the parameter'() {
    for (const input of [5, true, { text: 'x' }, [1], ['a', null], [['a']], [{ type: 'text' }]]) {
      const e = await refused(OpenAI.BadRequestError,
        () => client.moderations.create({ input }));
      assert.equal(e.type, 'invalid_request_error');
      assert.equal(e.param, 'input');
    }
    await isError(await raw(base, '{}'), 400, 'missing_required_parameter', 'input');
    await isError(await raw(base, '{"input":[]}'), 400, 'empty_array', 'input');
    await isError(await raw(base, '{"input":"x","model":7}'), 400, 'invalid_type', 'model');
  },
  async 'an image is refused clearly'() {
    const e = await refused(OpenAI.BadRequestError, () => client.moderations.create({
      input: [{ type: 'image_url', image_url: { url: 'https://example.test/a.png' } }],
    }));
    assert.equal(e.param, 'input');
    assert.match(e.message, /image/);
  },
  async 'models'() {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    assert.ok(names.includes('omni-moderation-latest'));
    for (const name of names)
      assert.equal((await client.models.retrieve(name)).object, 'model');
    const e = await refused(OpenAI.NotFoundError, () => client.models.retrieve('no/such'));
    assert.equal(e.code, 'model_not_found');
  },
  async 'overload: the client comes back by itself'() {
    const seen = [];
    const patient = new OpenAI({
      baseURL: tiny,
      apiKey: 'none',
      maxRetries: 100, // how many are needed depends on the machine
      fetch: async (url, init) => {
        const reply = await fetch(url, init);
        seen.push([reply.status, reply.headers.get('retry-after-ms'),
          reply.headers.get('x-should-retry')]);
        return reply;
      },
    });
    const long = JSON.stringify({ input: 'The quick brown fox jumps. '.repeat(38836) });
    const busy = [raw(tiny, long), raw(tiny, long)]; // one runs, one waits
    while ((await metric('gavel_queue_depth')) < 1);
    const short = await patient.moderations.create({ input: 'hello' }); // overtakes them
    isResult(short.results[0]);
    assert.deepEqual(seen.splice(0).map(([status]) => status), [200]);
    const answer = await patient.moderations.create(JSON.parse(long));
    isResult(answer.results[0]);
    assert.deepEqual(seen[0], [503, '100', 'true']);
    assert.equal(seen.at(-1)[0], 200);
    for (const reply of await Promise.all(busy)) assert.equal(reply.status, 200);
    assert.ok((await metric('gavel_requests_busy_total')) >= 1);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
}
process.exit(failed ? 1 : 0);
