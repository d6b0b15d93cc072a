/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  checkFailed: 1,
  /** Bad input or usage. */
  badInput: 2,
  /** `EX_SOFTWARE` of sysexits.h: a bug in Trueline. */
  bug: 70,
  /** 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;
