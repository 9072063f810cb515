package org.omnirad.probe;

/**
 * The k train vectors most similar to one query, kept in a heap whose root is the least similar.
 * Among equals the earlier train vector is nearer.
 */
final class NearestNeighbours {

  private final float[] similarities;
  private final int[] indices;
  private int size;

  NearestNeighbours(int k) {
    similarities = new float[k];
    indices = new int[k];
  }

  int size() {
    return size;
  }

  /** The train index of a neighbour; neighbours are in no order. */
  int index(int i) {
    return indices[i];
  }

  float similarity(int i) {
    return similarities[i];
  }

  /** Takes a train vector; indices must come in ascending order. */
  void offer(int index, float similarity) {
    if (size < indices.length) {
      siftUp(size++, index, similarity);
    } else if (similarity > similarities[0]) {
      siftDown(index, similarity);
    }
  }

  private void siftUp(int start, int index, float similarity) {
    int at = start;
    while (at > 0 && farther(similarity, index, (at - 1) / 2)) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    similarities[at] = similarity;
    indices[at] = index;
  }

  private void siftDown(int index, float similarity) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && farther(similarities[child + 1], indices[child + 1], child)) {
        child++;
      }
      if (!farther(similarities[child], indices[child], similarity, index)) {
        break;
      }
      move(child, at);
      at = child;
    }
    similarities[at] = similarity;
    indices[at] = index;
  }

  private void move(int from, int to) {
    similarities[to] = similarities[from];
    indices[to] = indices[from];
  }

  private boolean farther(float similarity, int index, int other) {
    return farther(similarity, index, similarities[other], indices[other]);
  }

  private static boolean farther(float similarity, int index, float other, int otherIndex) {
    return similarity < other || (similarity == other && index > otherIndex);
  }
}
