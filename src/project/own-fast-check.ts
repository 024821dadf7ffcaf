/** The fast-check that this package uses, for models: values of another version's would not shrink here. */
export * from 'fast-check';
export { default } from 'fast-check';
