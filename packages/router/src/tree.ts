import type { PathSegment } from "@portico/core/adapter";

/**
 * What stands at path templates, by their segments. A look-up goes through the segments of the path once, whatever the number of templates,
 * and takes no copy of the path apart. It finds a literal before a parameter before the rest, from the left.
 */
export class Tree<T> {
  private readonly root: Node<T> = createNode();

  /** What stands at a template; `create` makes it where nothing does. Templates that differ in the names of parameters are one. */
  at(segments: readonly PathSegment[], create: () => T): T {
    let node = this.root;
    // `/` is one empty segment, as it is at the end of `/a/`.
    for (const segment of segments.length === 0 ? [slash] : segments) {
      if (segment.kind === "rest") {
        node.rest ??= create();
        return node.rest;
      }
      node = segment.kind === "param" ? toParam(node) : toLiteral(node, segment.text);
    }
    node.value ??= create();
    return node.value;
  }

  /** The most specific that a canonical path fits. */
  first(path: string): T | undefined {
    return path.startsWith("/") ? first(this.root, path, 0) : undefined;
  }

  /** All that a canonical path fits, the most specific first. */
  all(path: string): readonly T[] {
    const found: T[] = [];
    if (path.startsWith("/")) collect(this.root, path, 0, found);
    return found;
  }
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  param: Node<T> | undefined;
  /** Of a template that ends here. */
  value: T | undefined;
  /** Of a template whose `*name` stands here: it may take nothing. */
  rest: T | undefined;
}

const slash: PathSegment = { kind: "literal", text: "" };

function createNode<T>(): Node<T> {
  return { literals: new Map(), param: undefined, value: undefined, rest: undefined };
}

function toParam<T>(node: Node<T>): Node<T> {
  node.param ??= createNode();
  return node.param;
}

function toLiteral<T>({ literals }: Node<T>, text: string): Node<T> {
  const node = literals.get(text) ?? createNode();
  literals.set(text, node);
  return node;
}

/** `from` is where the slash in front of the next segment is, or the end of the path. */
function first<T>(node: Node<T>, path: string, from: number): T | undefined {
  if (from === path.length) return node.value ?? node.rest;
  const end = endOf(path, from);
  const literal = node.literals.get(path.slice(from + 1, end));
  const found = literal && first(literal, path, end);
  if (found !== undefined) return found;
  // A parameter is never empty.
  const fitting = node.param && end > from + 1 ? first(node.param, path, end) : undefined;
  return fitting ?? node.rest;
}

function collect<T>(node: Node<T>, path: string, from: number, found: T[]): void {
  if (from === path.length) {
    if (node.value !== undefined) found.push(node.value);
  } else {
    const end = endOf(path, from);
    const literal = node.literals.get(path.slice(from + 1, end));
    if (literal) collect(literal, path, end, found);
    if (node.param && end > from + 1) collect(node.param, path, end, found);
  }
  if (node.rest !== undefined) found.push(node.rest);
}

function endOf(path: string, from: number): number {
  const next = path.indexOf("/", from + 1);
  return next < 0 ? path.length : next;
}
