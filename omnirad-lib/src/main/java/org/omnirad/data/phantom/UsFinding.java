package org.omnirad.data.phantom;

import java.util.List;
import java.util.SplittableRandom;

/** What a focal lesion looks like in ultrasound. */
enum UsFinding {
  CYST("anechoic cyst with posterior enhancement", Ultrasound.NO_ECHO, -0.35, 0.02),
  SOLID("oval hypoechoic mass", -13, 0.02, 0.12),
  SHADOWING("irregular hypoechoic mass with posterior shadowing", -15, 0.75, 0.5),
  BRIGHT("hyperechoic lesion", 9, 0, 0.15);

  static final List<UsFinding> ALL = List.of(values());

  final String words;
  private final double decibels;
  private final double lossPerMm;
  final double raggedness;

  UsFinding(String words, double decibels, double lossPerMm, double raggedness) {
    this.words = words;
    this.decibels = decibels;
    this.lossPerMm = lossPerMm;
    this.raggedness = raggedness;
  }

  void paint(Ultrasound us, Lesion lesion, Noise noise, SplittableRandom random) {
    double contrast = random.nextDouble(0.75, 1.15);
    us.echo.fill(lesion.shape(), decibels * contrast, 0.4);
    us.echo.texture(lesion.shape(), noise, this == CYST ? 1 : 3, lesion.diameterMm() / 5);
    double loss = lossPerMm * 25 / (lesion.diameterMm() + 10);
    us.loss.fill(lesion.shape().grown(-0.1 * lesion.diameterMm()), loss);
    if (this == CYST) {
      us.echo.add(lesion.shape().rim(0.8), 25, 0);
    }
  }
}
