// Times of a day as spans [from, to] in minutes after midnight, in order, never touching each other.

export function merged(spans) {
  const found = [];
  for (const [begins, ends] of spans.slice().sort((a, b) => a[0] - b[0])) {
    const last = found[found.length - 1];
    if (last && begins <= last[1]) last[1] = Math.max(last[1], ends);
    else found.push([begins, ends]);
  }
  return found;
}

export function filled(spans, begins, ends) {
  return merged(spans.concat([[begins, ends]]));
}

export function emptied(spans, begins, ends) {
  const left = [];
  for (const [from, to] of spans) {
    if (from < Math.min(to, begins)) left.push([from, Math.min(to, begins)]);
    if (Math.max(from, ends) < to) left.push([Math.max(from, ends), to]);
  }
  return left;
}

// How many minutes of the time from `begins` to `ends` are in the spans.
export function within(spans, begins, ends) {
  return spans.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, ends) - Math.max(from, begins)), 0);
}

export function clock(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
