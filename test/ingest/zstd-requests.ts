/** Two LLMServingSim requests, as `zstd --check` writes them. */
export const ZSTD_REQUESTS = Buffer.from(
  'KLUv/WQqAI0DADIGFRmAqW2aitxmETWm/tt+SNBzj4wtx2Qb1L0sJXlmZpbkCFCo6eHmaR1e7UORH8HAfoOmiyzEL5F1UoX2hwFELJgvn6StffwE3MYP03wTBh9uRVtfBAoAABRQH1gYfMIwJho70+tprasrlvPktM07CvK/Dg==',
  'base64',
);
