// Short names for what the browser's document does.

export const get = (id) => document.getElementById(id);

/** Return a new element with a class, and children or text. */
export function element(name, className = "", ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}
