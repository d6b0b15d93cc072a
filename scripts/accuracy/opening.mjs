/** What the page is, and how often the test split was looked at. */
export const opening = {
  name: 'opening',
  render:
    () => `Written by \`npm run accuracy\`; a test fails when it is out of date. Coefficients: \`coefficients/sets/op-roofline.json\`, fitted to
the train split of \`validation/public-suite\` by \`trueline fit validation/public-suite\` (a test refits them byte for byte);
operator times: \`coefficients/kernels\`, fitted to public kernel sweeps. Nothing was fitted to, or chosen on, the test split.

Before this page was first written the test split was looked at four times with operator times and prior means alone (nothing
fitted), and once with the fitted coefficients. No change was made because of a test error. Since then every run of \`npm run accuracy\`
looks at it again: the tables below are such looks, and those that fit to train and test together say so. The step-time equations
themselves started from a published-data prototype whose authors had seen the visible test errors, so this is not a pristine hold-out:
expect somewhat larger errors on new experiments.

[model-choices.md](model-choices.md) lists what was tried on train, and what is off by default because it was not chosen there.`,
};
