/* What screens may ask of the app, filled in by app.js: modules must not import in a circle (their hashed names). */
export const actions = { talk: null, lock: null };
