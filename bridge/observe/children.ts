/** Remembers what `make` makes of a label. */
export function perLabel<Child>(make: (label: string) => Child): (label: string) => Child {
  const children = new Map<string, Child>();
  return (label) => {
    let child = children.get(label);
    if (child === undefined) {
      child = make(label);
      children.set(label, child);
    }
    return child;
  };
}

/** Remembers what `make` makes of two labels. */
export function perLabels<Child>(
  make: (first: string, second: string) => Child,
): (first: string, second: string) => Child {
  const byFirst = perLabel((first) => perLabel((second) => make(first, second)));
  return (first, second) => byFirst(first)(second);
}
