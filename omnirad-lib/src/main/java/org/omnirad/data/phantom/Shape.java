package org.omnirad.data.phantom;

/**
 * A region of the body in millimetres, x to the right and y down in the picture before the patient
 * is turned.
 */
interface Shape {

  /** Beyond this distance a point is outside whatever the other parts of a region say. */
  double FAR_MM = 15;

  /** About how far a point is from the border, in mm; negative inside. */
  double distance(double x, double y);

  /** A circle that encloses the region. */
  Circle bounds();

  /** Half the width where the region is thickest, in mm: what a large pixel sees of it. */
  double halfWidth();

  /** A circle in mm. */
  record Circle(double x, double y, double radius) {}

  /** An ellipse of half axes a and b, turned by an angle in radians. */
  static Shape ellipse(double cx, double cy, double a, double b, double angle) {
    return oval(cx, cy, a, b, angle, 0);
  }

  /**
   * An ellipse that nears a rectangle with round corners.
   *
   * @param squareness 0 for the ellipse, to 1
   */
  static Shape oval(double cx, double cy, double a, double b, double angle, double squareness) {
    return new Oval(
        cx, cy, a, b, Math.cos(angle), Math.sin(angle), squareness, Math.max(a, b) * 1.3);
  }

  /** A disc. */
  static Shape disc(double cx, double cy, double radius) {
    return oval(cx, cy, radius, radius, 0, 0);
  }

  /** A rod with round ends whose radius changes from r0 to r1. */
  static Shape rod(double x0, double y0, double x1, double y1, double r0, double r1) {
    return new Rod(x0, y0, x1 - x0, y1 - y0, r0, r1);
  }

  /** This region grown by so many mm, or shrunk where negative. */
  default Shape grown(double mm) {
    Circle b = bounds();
    return new Derived(
        (x, y) -> distance(x, y) - mm,
        new Circle(b.x(), b.y(), b.radius() + Math.max(0, mm)),
        halfWidth() + mm);
  }

  /** This region without another. */
  default Shape minus(Shape other) {
    return new Derived(
        (x, y) -> {
          double here = distance(x, y);
          return here > FAR_MM ? here : Math.max(here, -other.distance(x, y));
        },
        bounds(),
        halfWidth());
  }

  /** This region and another together. */
  default Shape or(Shape other) {
    Circle a = bounds();
    Circle b = other.bounds();
    double between = Math.hypot(a.x() - b.x(), a.y() - b.y());
    return new Derived(
        (x, y) -> Math.min(distance(x, y), other.distance(x, y)),
        new Circle(a.x(), a.y(), Math.max(a.radius(), between + b.radius())),
        Math.max(halfWidth(), other.halfWidth()));
  }

  /** The part of this region above a level. */
  default Shape above(double level) {
    return new Derived((x, y) -> Math.max(distance(x, y), y - level), bounds(), halfWidth());
  }

  /** The border of this region, so many mm thick, inwards. */
  default Shape rim(double mm) {
    return new Derived(
        (x, y) -> {
          double here = distance(x, y);
          return Math.max(here, -here - mm);
        },
        bounds(),
        mm / 2);
  }

  /** The part that this region shares with another. */
  default Shape and(Shape other) {
    return new Derived(
        (x, y) -> {
          double here = distance(x, y);
          return here > FAR_MM ? here : Math.max(here, other.distance(x, y));
        },
        bounds(),
        Math.min(halfWidth(), other.halfWidth()));
  }

  /**
   * This region with an irregular border: moved by up to {@code mm}, varying over {@code scale}.
   */
  default Shape irregular(Noise noise, double mm, double scale) {
    Circle b = bounds();
    return new Derived(
        (x, y) -> {
          double here = distance(x, y);
          return here > FAR_MM + mm ? here : here + mm * noise.rough(x / scale, y / scale);
        },
        new Circle(b.x(), b.y(), b.radius() + mm),
        halfWidth() + mm);
  }

  /** A signed distance in mm. */
  @FunctionalInterface
  interface Distance {
    /** About how far a point is from the border. */
    double at(double x, double y);
  }

  /** A region computed from others. */
  record Derived(Distance field, Circle bounds, double halfWidth) implements Shape {
    @Override
    public double distance(double x, double y) {
      return field.at(x, y);
    }
  }

  /** An ellipse, more or less square. */
  record Oval(
      double cx, double cy, double a, double b, double cos, double sin, double squareness, double r)
      implements Shape {

    @Override
    public double distance(double x, double y) {
      double u = ((x - cx) * cos + (y - cy) * sin) / a;
      double v = ((y - cy) * cos - (x - cx) * sin) / b;
      double uu = u * u;
      double vv = v * v;
      double radius = Math.sqrt(uu + vv);
      double least = Math.min(a, b);
      // Squareness brings the border nearer by at most a factor of the fourth root of two.
      double outside = (0.84 * radius - 1) * least;
      if (radius < 1e-6 || outside > FAR_MM) {
        return outside;
      }
      double slope = Math.sqrt(uu / (a * a) + vv / (b * b)) / radius;
      if (squareness > 0) {
        radius += squareness * (Math.sqrt(Math.sqrt(uu * uu + vv * vv)) - radius);
      }
      // The estimate overshoots near the middle of a long oval.
      return Math.max((radius - 1) / slope, -least);
    }

    @Override
    public Circle bounds() {
      return new Circle(cx, cy, r);
    }

    @Override
    public double halfWidth() {
      return Math.min(a, b);
    }
  }

  /** A rod with round ends. */
  record Rod(double x0, double y0, double dx, double dy, double r0, double r1) implements Shape {

    /** Where along the rod a point is nearest: 0 at the start, 1 at the end. */
    double along(double x, double y) {
      double t = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
      return Math.clamp(t, 0.0, 1.0);
    }

    /** The distance of a point from the rod's axis. */
    double fromAxis(double x, double y, double t) {
      double ex = x - x0 - t * dx;
      double ey = y - y0 - t * dy;
      return Math.sqrt(ex * ex + ey * ey);
    }

    @Override
    public double distance(double x, double y) {
      double t = along(x, y);
      return fromAxis(x, y, t) - r0 - t * (r1 - r0);
    }

    @Override
    public Circle bounds() {
      double half = Math.sqrt(dx * dx + dy * dy) / 2;
      return new Circle(x0 + dx / 2, y0 + dy / 2, half + Math.max(r0, r1));
    }

    @Override
    public double halfWidth() {
      return (r0 + r1) / 2;
    }
  }
}
