package org.omnirad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnirad.metric.Task;
import org.omnirad.run.Folders;
import org.omnirad.run.InputException;

class RadImageNetLayoutTest {

  private static final byte[] IMAGE =
      Pictures.encode(Pictures.image(BufferedImage.TYPE_BYTE_GRAY), "png");

  private static final String[] IMAGES = {
    "radiology_ai/CT/abd/normal/ct1.png",
    "radiology_ai/CT/abd/normal/ct2.png",
    "radiology_ai/CT/lung/Nodule/ct3.png",
    "radiology_ai/MR/abd/normal/mr1.png",
    "radiology_ai/MR/knee/acl_pathology/mr2.png",
    "radiology_ai/US/gb/usn1.png",
    "radiology_ai/US/liver/usn2.png"
  };

  private static final Map<String, String> SPLITS =
      Map.of(
          "train",
          """
          filename,label
          radiology_ai/CT/abd/normal/ct1.png,normal
          radiology_ai/MR/abd/normal/mr1.png,normal
          radiology_ai/US/gb/usn1.png,gb
          """,
          "val",
          """
          label,filename
          normal,radiology_ai/CT/abd/normal/ct2.png
          "acl, torn",radiology_ai/MR/knee/acl_pathology/mr2.png
          """,
          "test",
          """
          filename
          radiology_ai/US/liver/usn2.png
          """);

  @TempDir private Path temporary;

  private Path write(String... images) throws IOException {
    Path root = Files.createTempDirectory(temporary, "data");
    for (String file : images) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.write(path, IMAGE);
    }
    return root;
  }

  private static Path csv(Path root, String split, String text) throws IOException {
    Files.createDirectories(root);
    return Files.writeString(root.resolve("RadiologyAI_" + split + ".csv"), text);
  }

  private Path official() throws IOException {
    Path root = write(IMAGES);
    for (var split : SPLITS.entrySet()) {
      csv(root.resolve("split"), split.getKey(), split.getValue());
    }
    return root;
  }

  private ImageFolder open(Path path) {
    return ImageFolder.open(path, new Md5Memory(temporary.resolve("md5")));
  }

  private String refusal(Path path) {
    return assertThrows(InputException.class, () -> open(path)).getMessage();
  }

  private static Map<String, String> classes(ImageDataset dataset, Split split) {
    var classes = new TreeMap<String, String>();
    ImageList list = dataset.split(split);
    for (int i = 0; i < list.size(); i++) {
      Sample sample = list.get(i);
      classes.put(sample.id(), dataset.classNames().get(sample.labels()[0]));
    }
    return classes;
  }

  @Test
  void aClassIsThePathFromTheModalityToTheLabel() throws IOException {
    ImageFolder folder = open(write(IMAGES));
    assertEquals(
        List.of(
            "CT/abd/normal",
            "CT/lung/Nodule",
            "MR/abd/normal",
            "MR/knee/acl_pathology",
            "US/gb",
            "US/liver"),
        folder.classNames());
    assertEquals(Task.MULTI_CLASS, folder.task());
    var all = new TreeMap<String, String>();
    for (Split split : Split.values()) {
      all.putAll(classes(folder, split));
    }
    assertEquals(Set.of(IMAGES), all.keySet());
    assertEquals("CT/lung/Nodule", all.get("radiology_ai/CT/lung/Nodule/ct3.png"));
    assertEquals("US/gb", all.get("radiology_ai/US/gb/usn1.png"));
  }

  @Test
  void theFoldersAboveTheModalitiesCanBeAnyOrNone() throws IOException {
    for (String top : List.of("", "a/", "a/b/")) {
      ImageFolder folder = open(write(top + "CT/abd/normal/1.png", top + "US/gb/2.png"));
      assertEquals(List.of("CT/abd/normal", "US/gb"), folder.classNames());
    }
  }

  @Test
  void withoutCsvFilesTheHashOfClassAndFileSplits() throws IOException {
    String[] images = new String[300];
    for (int i = 0; i < images.length; i++) {
      images[i] = "top/" + (i % 2 == 0 ? "CT/abd/normal/" : "US/gb/") + i + ".png";
    }
    ImageFolder folder = open(write(images));
    for (Split split : Split.values()) {
      Set<String> ids = classes(folder, split).keySet();
      assertTrue(ids.size() > 10, split + " has " + ids.size());
      ids.forEach(id -> assertEquals(split, ImageFolder.hashSplit(id.substring(4)), id));
    }
    assertFalse(folder.toString().contains("split "), folder.toString());
  }

  @Test
  void theCsvFilesDecideTheSplitsAndWhatTheyDoNotNameIsLeftOut() throws IOException {
    ImageFolder folder = open(official());
    assertEquals(
        Map.of(
            "radiology_ai/CT/abd/normal/ct1.png", "CT/abd/normal",
            "radiology_ai/MR/abd/normal/mr1.png", "MR/abd/normal",
            "radiology_ai/US/gb/usn1.png", "US/gb"),
        classes(folder, Split.TRAIN));
    assertEquals(
        Map.of(
            "radiology_ai/CT/abd/normal/ct2.png", "CT/abd/normal",
            "radiology_ai/MR/knee/acl_pathology/mr2.png", "MR/knee/acl_pathology"),
        classes(folder, Split.VAL));
    assertEquals(Map.of("radiology_ai/US/liver/usn2.png", "US/liver"), classes(folder, Split.TEST));
    assertFalse(folder.classNames().contains("CT/lung/Nodule"));
    String card = folder.toString();
    assertTrue(card.contains("by split/RadiologyAI_train.csv, split/RadiologyAI_val.csv"), card);
    assertTrue(card.contains("ignored   1 other files"), card);
    assertEquals(
        "split/RadiologyAI_train.csv, split/RadiologyAI_val.csv, split/RadiologyAI_test.csv",
        folder.record().entries().get("data.split_files"));
  }

  @Test
  void theTopFolderOfTheRowsNeedNotBeThatOnTheDisk() throws IOException {
    Path root = write("CT/abd/normal/ct1.png", "elsewhere.png");
    csv(root, "train", "filename,label\nradiology_ai\\CT\\abd\\normal\\ct1.png,normal");
    csv(root, "val", "filename,label\n");
    csv(root, "test", "filename,label\n");
    ImageFolder folder = open(root);
    assertEquals(Map.of("CT/abd/normal/ct1.png", "CT/abd/normal"), classes(folder, Split.TRAIN));
    assertEquals(0, folder.split(Split.TEST).size());
  }

  @Test
  void missingImagesAreCountedAndTheFirstIsNamed() throws IOException {
    Path root = official();
    Files.delete(root.resolve("radiology_ai/CT/abd/normal/ct2.png"));
    Files.delete(root.resolve("radiology_ai/US/liver/usn2.png"));
    String message = refusal(root);
    assertTrue(
        message.contains(
            "2 of the 6 images that the CSV files name are missing; the first, in"
                + " split/RadiologyAI_val.csv: radiology_ai/CT/abd/normal/ct2.png."),
        message);
  }

  @Test
  void csvFilesThatDoNotFitAreRefused() throws IOException {
    Path columns = official();
    csv(columns.resolve("split"), "val", "path,label\nradiology_ai/US/gb/usn1.png,gb\n");
    String message = refusal(columns);
    assertTrue(
        message.contains(
            "RadiologyAI_val.csv: has no column 'filename' among its columns [path, label]."),
        message);

    Path twice = official();
    csv(twice.resolve("split"), "test", SPLITS.get("train"));
    message = refusal(twice);
    assertTrue(
        message.contains(
            "radiology_ai/CT/abd/normal/ct1.png stands in split/RadiologyAI_train.csv and in"
                + " split/RadiologyAI_test.csv."),
        message);

    Path two = official();
    Files.delete(two.resolve("split/RadiologyAI_test.csv"));
    message = refusal(two);
    assertTrue(message.contains("but not all three of RadiologyAI_train.csv"), message);
    csv(two, "train", SPLITS.get("train"));
    message = refusal(two);
    assertTrue(
        message.contains("there are both RadiologyAI_train.csv and split/RadiologyAI_train.csv."),
        message);
  }

  @Test
  void foldersThatDoNotFitAreRefused() throws IOException {
    Path noImage = official();
    try (var files = Files.walk(noImage.resolve("radiology_ai"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    String message = refusal(noImage);
    assertTrue(message.contains("none of its 3 files is an image of RadImageNet."), message);
    message = refusal(write("a/US/gb/1.png", "b/US/gb/1.png"));
    assertTrue(message.contains("a/US/gb/1.png and b/US/gb/1.png are the same image."), message);
  }

  @Test
  void otherFoldersAreReadByClass() throws IOException {
    assertEquals(List.of("CT", "MR"), open(write("CT/1.png", "MR/2.png")).classNames());
    assertEquals(
        List.of("CT", "XR"), open(write("CT/abd/normal/1.png", "XR/hand/a/2.png")).classNames());
    ImageFolder byModality =
        ImageFolder.open(
            write(IMAGES), ImageFolder::hashSplit, new Md5Memory(temporary.resolve("md5")));
    assertEquals(List.of("CT", "MR", "US"), byModality.classNames());
  }

  @Test
  void zipAndFolderHoldTheSameSamples() throws IOException {
    Path root = official();
    Path file = temporary.resolve("radimagenet.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file));
        var files = Files.walk(root)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(root.relativize(path).toString().replace('\\', '/')));
        zip.write(Files.readAllBytes(path));
      }
    }
    try (ImageFolder zip = open(file)) {
      ImageFolder folder = open(root);
      assertEquals(folder.classNames(), zip.classNames());
      for (Split split : Split.values()) {
        assertEquals(classes(folder, split), classes(zip, split));
      }
    }
  }

  @Test
  void theCatalogueFindsItByNameAndReadsStrayImagesToo() throws IOException {
    Path data = Files.createDirectory(temporary.resolve("mine"));
    var store =
        new DataStore(
            new Folders(Optional.of(data), temporary.resolve("cache")), FileServer.quick());
    CatalogueEntry entry = Catalogue.find("radimagenet");
    Files.createDirectories(data.resolve("a/radimagenet/other")); // no folder of a modality
    String message =
        assertThrows(InputException.class, () -> Catalogue.open(entry, 224, store)).getMessage();
    assertTrue(message.contains("https://www.radimagenet.com"), message);
    assertTrue(message.contains("RadImageNet or radimagenet or radiology_ai"), message);

    Path folder = data.resolve("b/RadImageNet");
    Files.createDirectories(folder.getParent());
    Files.move(write(IMAGES), folder);
    Files.write(folder.resolve("cover.png"), IMAGE);
    try (ImageDataset dataset = Catalogue.open(entry, 224, store)) {
      assertEquals("radimagenet", dataset.name());
      assertEquals(6, dataset.classNames().size());
      assertEquals(dataset.classNames(), dataset.split(Split.TRAIN).classNames());
      assertTrue(dataset.toString().contains("data use agreement"), dataset.toString());
      assertTrue(dataset.toString().contains("classes   as its folders name them"));
      var ids = new HashSet<String>();
      for (Split split : Split.values()) {
        ids.addAll(classes(dataset, split).keySet());
      }
      assertEquals(Set.of(IMAGES), ids);
    }
  }
}
