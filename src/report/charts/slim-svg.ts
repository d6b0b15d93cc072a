/** Attributes of Vega's drawings that show nothing: hooks for its runtime, roles inside a picture that is labelled as a whole, defaults. */
const UNSEEN = / (?:(?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"|opacity="1"|[xy]2="0")/gu;
/** Outlines around groups of marks, neither filled nor stroked. */
const OUTLINE = /<path d="[^"]*"(?: display="none")?\/>/gu;
/** Positions finer than a hundredth of a pixel. */
const LONG_NUMBER = /-?\d+\.\d{3,}/gu;

const rounded = (number: string): string => String(Math.round(100 * Number(number)) / 100);

const slimTag = (tag: string): string => tag.replaceAll(UNSEEN, '').replaceAll(LONG_NUMBER, rounded);

/** The same picture in about half the bytes; texts between the tags stay as they are. */
export const slimSvg = (svg: string): string => svg.replaceAll(/<[^>]*>/gu, slimTag).replaceAll(OUTLINE, '');
