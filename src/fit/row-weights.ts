/** A first token is off by up to half a step by luck alone, so it counts less than the many steps of a decode. */
export const FIRST_TOKEN_WEIGHT = 0.4;
