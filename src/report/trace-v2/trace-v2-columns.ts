/** Columns of the data file that every row has, in BLIS's order. Source: inference-sim, sim/workload/tracev2.go. */
export const TRACE_V2_COLUMNS = [
  'request_id',
  'client_id',
  'tenant_id',
  'slo_class',
  'session_id',
  'round_index',
  'prefix_group',
  'prefix_length',
  'streaming',
  'input_tokens',
  'output_tokens',
  'text_tokens',
  'image_tokens',
  'audio_tokens',
  'video_tokens',
  'reason_ratio',
  'model',
  'deadline_us',
  'server_input_tokens',
  'arrival_time_us',
  'send_time_us',
  'first_chunk_time_us',
  'last_chunk_time_us',
  'num_chunks',
  'status',
  'error_message',
  'finish_reason',
] as const;

/** One row of the data file. */
export type TraceV2Row = Readonly<Record<(typeof TRACE_V2_COLUMNS)[number], string | number>>;
