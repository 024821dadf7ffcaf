/** Some states of a graph and the transitions among them, as arrays of numbers. Nodes are numbered in the order of the states. */
export class Subgraph {
  /** By node: the number of its state; ascending. */
  states = new Int32Array(1024);
  /** By node: a bit for each obligation that is owed there. */
  owes = new Int32Array(1024);
  /** By node, a bit a thread: see `Demands`. */
  wants = new Int32Array(1024);
  excused = new Int32Array(1024);
  wantsToStop = new Int32Array(1024);
  excusedFromStopping = new Int32Array(1024);
  size = 0;
  /** By node: where its edges begin; one more at the end. */
  first = new Int32Array(1);
  /** By edge: the node that it leads to. */
  targets = new Int32Array(1024);
  /** By edge: twice the thread, plus 1 if it stops at a safe point. */
  actions = new Uint8Array(1024);
  edges = 0;

  /** Bytes held now. */
  get bytes(): number {
    return this.states.byteLength * 6 + this.first.byteLength + this.targets.byteLength + this.actions.byteLength;
  }

  addNode(state: number, owes: number, wants: number, excused: number, wantsToStop: number, excusedFromStopping: number): void {
    const node = this.size++;
    if (node === this.states.length)
      for (const name of ['states', 'owes', 'wants', 'excused', 'wantsToStop', 'excusedFromStopping'] as const)
        this[name] = longer(this[name]);
    this.states[node] = state;
    this.owes[node] = owes;
    this.wants[node] = wants;
    this.excused[node] = excused;
    this.wantsToStop[node] = wantsToStop;
    this.excusedFromStopping[node] = excusedFromStopping;
  }

  /** Begins the edges of the next node; call it once for each, in order, and once more at the end. */
  beginEdges(node: number): void {
    if (node === 0) this.first = new Int32Array(this.size + 1);
    this.first[node] = this.edges;
  }

  addEdge(target: number, action: number): void {
    const edge = this.edges++;
    if (edge === this.targets.length) {
      this.targets = longer(this.targets);
      const actions = new Uint8Array(this.targets.length);
      actions.set(this.actions);
      this.actions = actions;
    }
    this.targets[edge] = target;
    this.actions[edge] = action;
  }

  /** The node of a state, or −1. */
  nodeOf(state: number): number {
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.states[middle]!;
      if (found === state) return middle;
      if (found < state) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

function longer(array: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(array.length * 2);
  copy.set(array);
  return copy;
}
