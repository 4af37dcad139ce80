/** Gives an object that is no backend. */
export default () => ({});
