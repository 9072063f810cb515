package org.omnirad.probe;

/**
 * The k vectors most similar to one query, in a heap whose root is the least similar. Among equals
 * the earlier vector is nearer.
 */
final class NearestHeap {

  private final float[] similarities;
  private final int[] indices;
  private int size;

  NearestHeap(int k) {
    similarities = new float[k];
    indices = new int[k];
  }

  int size() {
    return size;
  }

  /** The index of a neighbour; neighbours are in no order. */
  int index(int i) {
    return indices[i];
  }

  float similarity(int i) {
    return similarities[i];
  }

  /** Takes {@code count} vectors from index {@code first}; calls must come in ascending order. */
  void offer(int first, float[] similarity, int count) {
    for (int j = 0; j < count; j++) {
      if (size < indices.length) {
        siftUp(size++, first + j, similarity[j]);
      } else if (similarity[j] > similarities[0]) {
        siftDown(first + j, similarity[j]);
      }
    }
  }

  private void siftUp(int start, int index, float similarity) {
    int at = start;
    while (at > 0 && farther(similarity, index, (at - 1) / 2)) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    put(at, index, similarity);
  }

  private void siftDown(int index, float similarity) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && farther(similarities[child + 1], indices[child + 1], child)) {
        child++;
      }
      if (farther(similarity, index, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    put(at, index, similarity);
  }

  private void put(int at, int index, float similarity) {
    similarities[at] = similarity;
    indices[at] = index;
  }

  private void move(int from, int to) {
    put(to, indices[from], similarities[from]);
  }

  private boolean farther(float similarity, int index, int other) {
    return similarity < similarities[other]
        || (similarity == similarities[other] && index > indices[other]);
  }
}
