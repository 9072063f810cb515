package org.omnirad.encoder;

/**
 * What each head of each block attends to for one image.
 *
 * @param weights [block][head][P + N][P + N]: how much a token (third index: the class token, the
 *     registers where there are any, the patches) draws from each token; each row sums to 1
 * @param tokens [1 + N][D], class token and patches after the final norm from the same pass
 * @param gridHeight rows of patches; N is {@code gridHeight x gridWidth}
 * @param gridWidth patches in a row
 */
public record AttentionMaps(
    float[][][][] weights, float[][] tokens, int gridHeight, int gridWidth) {

  /** What the class token draws from each patch, row by row: N values. */
  public float[] ofClassToken(int block, int head) {
    float[] row = weights[block][head][0];
    return java.util.Arrays.copyOfRange(row, row.length - gridHeight * gridWidth, row.length);
  }
}
