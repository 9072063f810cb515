package org.omnirad.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who may import whom, package by package. */
@AnalyzeClasses(packages = "org.omnirad", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String DJL = "ai.djl..";
  private static final String GSON = "com.google.gson..";
  private static final String SMILE = "smile..";
  private static final List<String> TABLES_AND_CHARTS =
      List.of("tech.tablesaw..", "org.knowm.xchart..");

  /** Each package, lowest first, with the packages and libraries it may import beside the JDK. */
  private static final Map<String, List<String>> MAY_IMPORT = new LinkedHashMap<>();

  static {
    MAY_IMPORT.put("metric", List.of());
    MAY_IMPORT.put("run", List.of(GSON));
    MAY_IMPORT.put("report", List.of("run", "metric"));
    MAY_IMPORT.put("tensor", List.of("run", DJL));
    MAY_IMPORT.put("data", List.of("tensor", "metric", "run"));
    MAY_IMPORT.put("augment", List.of("tensor", "run", DJL));
    MAY_IMPORT.put("nn", List.of("tensor", "run", DJL));
    MAY_IMPORT.put("encoder", List.of("nn", "data", "tensor", "metric", "run", DJL));
    MAY_IMPORT.put("train", List.of("nn", "data", "tensor", "run", DJL, GSON));
    MAY_IMPORT.put(
        "probe", List.of("encoder", "data", "report", "metric", "tensor", "run", DJL, SMILE));
    MAY_IMPORT.put(
        "pretrain",
        List.of(
            "encoder", "train", "probe", "augment", "data", "report", "metric", "nn", "tensor",
            "run", DJL));
    MAY_IMPORT.put(
        "classify",
        List.of(
            "encoder", "train", "probe", "augment", "data", "report", "metric", "nn", "tensor",
            "run", DJL));
    MAY_IMPORT.put(
        "segment",
        List.of(
            "encoder", "train", "augment", "data", "report", "metric", "nn", "tensor", "run", DJL));
    MAY_IMPORT.put("latent", List.of("encoder", "probe", "data", "report", "metric", "run", SMILE));
    MAY_IMPORT.put(
        "plot", with(TABLES_AND_CHARTS, "report", "data", "encoder", "latent", "metric", "run"));
    MAY_IMPORT.put(
        "notebook",
        with(TABLES_AND_CHARTS, "plot", "report", "data", "train", "run", "org.dflib.jjava.."));
  }

  private static List<String> with(List<String> some, String... more) {
    var all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }

  @ArchTest
  void packagesImportOnlyWhatTheirRowAllows(JavaClasses library) {
    MAY_IMPORT.forEach(
        (name, allowed) -> {
          var targets = new ArrayList<String>();
          targets.add("java..");
          targets.add("javax.imageio..");
          targets.add("javax.net.ssl..");
          targets.add("org.omnirad." + name + "..");
          allowed.forEach(a -> targets.add(a.contains("..") ? a : "org.omnirad." + a + ".."));
          classes()
              .that()
              .resideInAPackage("org.omnirad." + name + "..")
              .should()
              .onlyDependOnClassesThat()
              .resideInAnyPackage(targets.toArray(String[]::new))
              .because("the package table says so for " + name)
              .check(library);
        });
  }

  @ArchTest
  void everyPackageHasARow(JavaClasses library) {
    for (JavaClass type : library) {
      String rest = type.getPackageName().substring("org.omnirad".length());
      if (!rest.isEmpty() && !MAY_IMPORT.containsKey(rest.substring(1).split("\\.", 2)[0])) {
        throw new AssertionError(type.getName() + " is in a package without a row");
      }
    }
  }

  @ArchTest
  static final ArchRule packages_are_free_of_cycles =
      slices().matching("org.omnirad.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nobody_imports_the_facade =
      noClasses()
          .that()
          .resideInAPackage("org.omnirad.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.omnirad");

  @ArchTest
  static final ArchRule smile_is_touched_by_one_class_of_a_package =
      noClasses()
          .that()
          .haveNameNotMatching(
              "org\\.omnirad\\.(latent\\.SmileProjections|probe\\.SmileLogisticRegression).*")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SMILE);
}
