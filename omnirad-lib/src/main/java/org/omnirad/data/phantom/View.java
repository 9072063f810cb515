package org.omnirad.data.phantom;

import java.util.Optional;
import java.util.SplittableRandom;
import org.omnirad.data.phantom.Shape.Circle;

/**
 * Which part of the body the picture shows: the body coordinates, in mm, of each pixel's centre.
 * They are bent by a smooth random field, so that everything drawn from ellipses looks grown.
 */
final class View {

  final int n;
  final double pixelMm;
  final double[] x;
  final double[] y;
  private final Optional<Pose> pose;
  private final double bendMm;

  /**
   * Where the picture lies.
   *
   * @param x the body point at the picture's centre, mm
   * @param y the same, downwards
   * @param fieldMm width and height of the picture
   * @param angle by which the body is turned, radians
   */
  record Pose(double x, double y, double fieldMm, double angle) {

    /** A pose around the middle of the body: shifted, zoomed, turned either way. */
    static Pose around(
        SplittableRandom random,
        double shiftX,
        double shiftY,
        double minFieldMm,
        double maxFieldMm,
        double turn) {
      return new Pose(
          shiftX * random.nextDouble(-1, 1),
          shiftY * random.nextDouble(-1, 1),
          random.nextDouble(minFieldMm, maxFieldMm),
          turn * random.nextDouble(-1, 1));
    }

    /** This pose, moved so that a point keeps away from the border by a fifth of the field. */
    Pose showing(double px, double py) {
      double limit = 0.3 * fieldMm;
      double distance = Math.hypot(px - x, py - y);
      double share = distance <= limit ? 0 : 1 - limit / distance;
      return new Pose(x + share * (px - x), y + share * (py - y), fieldMm, angle);
    }
  }

  /**
   * What a curved ultrasound probe sees; its middle touches the body at (0, 0).
   *
   * @param probeMm the probe's radius
   * @param depthMm how deep it sees
   * @param halfAngle from the middle beam to the last, radians
   */
  record Fan(double probeMm, double depthMm, double halfAngle) {

    /** Distance from the probe's centre of curvature of one of n rows. */
    double radius(double row, int n) {
      return probeMm + (row + 0.5) / n * depthMm;
    }

    /** Direction of one of n beams. */
    double angle(double column, int n) {
      return ((column + 0.5) / n * 2 - 1) * halfAngle;
    }
  }

  /** The body point seen at a column and row, before it is bent. */
  private interface Projection {
    double x(double column, double row);

    double y(double column, double row);
  }

  /**
   * A view of n x n pixels.
   *
   * @param bendMm by how much the body is bent
   * @param scaleMm over what distance the bending varies
   */
  View(int n, Pose pose, Noise noise, double bendMm, double scaleMm) {
    this(n, Optional.of(pose), pose.fieldMm() / n, bendMm);
    double cos = Math.cos(pose.angle());
    double sin = Math.sin(pose.angle());
    double middle = (n - 1) / 2.0;
    fill(
        new Projection() {
          @Override
          public double x(double column, double row) {
            return pose.x() + pixelMm * ((column - middle) * cos + (row - middle) * sin);
          }

          @Override
          public double y(double column, double row) {
            return pose.y() + pixelMm * ((row - middle) * cos - (column - middle) * sin);
          }
        },
        noise,
        scaleMm);
  }

  /** The beams of a curved probe: columns are angles, rows are depths. */
  View(int n, Fan fan, Noise noise, double bendMm, double scaleMm) {
    this(n, Optional.empty(), fan.depthMm() / n, bendMm);
    fill(
        new Projection() {
          @Override
          public double x(double column, double row) {
            return fan.radius(row, n) * Math.sin(fan.angle(column, n));
          }

          @Override
          public double y(double column, double row) {
            return fan.radius(row, n) * Math.cos(fan.angle(column, n)) - fan.probeMm();
          }
        },
        noise,
        scaleMm);
  }

  private View(int n, Optional<Pose> pose, double pixelMm, double bendMm) {
    this.n = n;
    this.pose = pose;
    this.pixelMm = pixelMm;
    this.bendMm = bendMm;
    this.x = new double[n * n];
    this.y = new double[n * n];
  }

  // The bending is smooth: it is computed at every few pixels and interpolated between.
  private void fill(Projection seen, Noise noise, double scaleMm) {
    int step = Math.max(1, (int) (scaleMm / (14 * pixelMm)));
    int m = (n - 1) / step + 2;
    double[] across = new double[m * m];
    double[] down = new double[m * m];
    Noise first = noise.other(1);
    Noise second = noise.other(2);
    for (int row = 0, k = 0; row < m; row++) {
      for (int column = 0; column < m; column++, k++) {
        double u = seen.x(column * step, row * step) / scaleMm;
        double v = seen.y(column * step, row * step) / scaleMm;
        across[k] = bendMm * first.rough(u, v);
        down[k] = bendMm * second.rough(u, v);
      }
    }
    for (int row = 0, i = 0; row < n; row++) {
      for (int column = 0; column < n; column++, i++) {
        int k = row / step * m + column / step;
        double u = column % step / (double) step;
        double v = row % step / (double) step;
        x[i] = seen.x(column, row) + between(across, m, k, u, v);
        y[i] = seen.y(column, row) + between(down, m, k, u, v);
      }
    }
  }

  private static double between(double[] grid, int m, int k, double u, double v) {
    double top = grid[k] + u * (grid[k + 1] - grid[k]);
    double bottom = grid[k + m] + u * (grid[k + m + 1] - grid[k + m]);
    return top + v * (bottom - top);
  }

  /** First and last column, first and last row of the pixels that a circle may reach. */
  int[] pixels(Circle circle) {
    if (pose.isEmpty()) {
      return new int[] {0, n - 1, 0, n - 1};
    }
    Pose p = pose.get();
    double dx = circle.x() - p.x();
    double dy = circle.y() - p.y();
    double cos = Math.cos(p.angle());
    double sin = Math.sin(p.angle());
    double column = (dx * cos - dy * sin) / pixelMm + n / 2.0;
    double row = (dy * cos + dx * sin) / pixelMm + n / 2.0;
    double reach = (circle.radius() + bendMm) / pixelMm + 2;
    return new int[] {
      (int) Math.max(0, column - reach), (int) Math.min(n - 1, column + reach),
      (int) Math.max(0, row - reach), (int) Math.min(n - 1, row + reach)
    };
  }
}
