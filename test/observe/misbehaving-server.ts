import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** What the server does with one request. */
export type Conduct = 'stream' | 'refuse' | 'stall' | 'disconnect' | 'error' | 'no-usage';

const BODY = z.object({
  prompt: z.array(z.int()).optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
  max_tokens: z.int(),
  model: z.string(),
  ignore_eos: z.boolean(),
  stream: z.boolean(),
});

/** The parts of a request that tests look at. */
export interface Received {
  readonly path: string;
  readonly id: string | undefined;
  readonly authorization: string | undefined;
  readonly body: z.infer<typeof BODY>;
}

export interface TestServer {
  readonly url: URL;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

const METRICS =
  'vllm:cache_config_info{block_size="16",num_gpu_blocks="500",enable_prefix_caching="True"} 1.0\n' +
  'vllm:num_requests_running{model_name="demo"} 0.0\n';

const PAGES: Readonly<Record<string, string>> = {
  '/v1/models': '{"data":[{"id":"demo"}]}',
  '/version': '{"version":"0.15.1"}',
  '/metrics': METRICS,
};

function chunk(received: Received, n: number): string {
  const last = n === received.body.max_tokens - 1 ? 'length' : null;
  const choice =
    received.body.messages === undefined
      ? { text: `w${n} `, token_ids: [100 + n], finish_reason: last }
      : { delta: { content: `w${n} ` }, finish_reason: last };
  return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
}

function answer(response: ServerResponse, received: Received, conduct: Conduct): void {
  const { max_tokens: tokens, prompt, messages } = received.body;
  if (conduct === 'refuse') {
    response.writeHead(503).end('overloaded');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (messages !== undefined)
    response.write('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n');
  const whole = conduct === 'stream' || conduct === 'no-usage';
  for (let n = 0; n < (whole ? tokens : 2); n++) response.write(chunk(received, n));
  if (conduct === 'stall') return;
  if (conduct === 'disconnect') setImmediate(() => response.destroy());
  else if (conduct === 'error') response.end('data: {"error":{"message":"worker died"}}\n\n');
  else {
    const usage = { prompt_tokens: prompt?.length ?? 99, completion_tokens: tokens };
    if (conduct === 'stream') response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
    response.end('data: [DONE]\n\n');
  }
}

/** A small OpenAI-compatible server on the loopback device that behaves as told, request by request. */
export async function startTestServer(
  conduct: (received: Received) => Conduct = () => 'stream',
  pages = PAGES,
): Promise<TestServer> {
  const received: Received[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (request.method === 'GET') {
      const page = pages[path];
      response.writeHead(page === undefined ? 404 : 200).end(page ?? 'nothing here');
      return;
    }
    const body = BODY.parse(JSON.parse(await text(request)));
    const id = request.headers['x-request-id'];
    const one = {
      path,
      id: typeof id === 'string' ? id : undefined,
      authorization: request.headers.authorization,
      body,
    };
    received.push(one);
    answer(response, one, conduct(one));
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
