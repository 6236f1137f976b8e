// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// The CPU that the kernels are compiled for: that of this machine, or the one that is named in
/// `TERCET_CPU` when a cluster's nodes differ from the machine that builds (`x86-64-v3`, `znver4`,
/// `skylake-avx512`, …). Kernels need fused multiply-add, so `x86-64-v3` is the least.
let cpu = Context.environment["TERCET_CPU"] ?? "native"

/// Whether oneDNN may multiply. Debian's has no pkg-config file. Where it is not installed, or `TERCET_ONEDNN`
/// is `off`, tercet's own kernels multiply, and OpenBLAS where the key `products` or an old CPU asks for it.
let hasOneDNN =
  Context.environment["TERCET_ONEDNN"] != "off"
  && FileManager.default.fileExists(atPath: "/usr/include/oneapi/dnnl/dnnl.h")

/// Tests see internals in release builds too: they train models, and are run as what users run.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-warnings-as-errors", "-enable-testing"]),
]
/// Vector code for the CPU; it is not inlined into other targets, which are not built for that CPU.
let cpuFlags: [SwiftSetting] =
  strict + [.unsafeFlags(["-disable-cmo", "-Xcc", "-march=\(cpu)"])]
/// Plain loops become vector code only when overflow and bounds checks are gone, the CPU's own width is
/// known and roots need not set `errno`; no other target gives up its checks.
let kernelFlags: [SwiftSetting] =
  cpuFlags + [.unsafeFlags(["-Ounchecked", "-Xcc", "-fno-math-errno"])]

/// - Parameter papers: the Markdown files of its folder, which the compiler passes over.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], papers: [String] = [],
  settings: [SwiftSetting] = strict
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: papers, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

func system(_ name: String, _ package: String, _ debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: package, providers: [.apt([debian])])
}

/// The drivers of `Tests/Cluster/fuzz`, which are linked with libFuzzer and build with it alone, and the program
/// that reads checkpoints for them, which starts faster than tercet.
let fuzzing: [Target] =
  Context.environment["TERCET_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Corpora", "Configuration", "Checkpoints", "Training", "Models", "Layers", "Autodiff",
        "Tensors",
      ],
      path: "Tests/Fuzz", exclude: ["seeds", "Reader"], swiftSettings: strict),
    .executableTarget(
      name: "FuzzReader", dependencies: ["Checkpoints"], path: "Tests/Fuzz/Reader",
      swiftSettings: strict),
  ]

let package = Package(
  name: "tercet",
  products: [.executable(name: "tercet", targets: ["tercet"])],
  targets: [
    system("COpenMPI", "ompi-c", "libopenmpi-dev"),
    system("CHDF5", "hdf5", "libhdf5-dev"),
    system("CYAML", "yaml-0.1", "libyaml-dev"),
    system("CZlib", "zlib", "zlib1g-dev"),
    system("CLZMA", "liblzma", "liblzma-dev"),
    .systemLibrary(name: "CArgp"),
    .systemLibrary(name: "CGlibc"),
    .systemLibrary(name: "CVectors"),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),

    library("Limits", ["CGlibc"]),
    library("Randomness", settings: cpuFlags),
    library("Typesetting"),
    library("RunLogs", ["Limits", "Typesetting"]),
    library("Kernels", ["CVectors"], settings: kernelFlags),
    library(
      "Tensors", ["CGlibc", "Kernels", "Limits"] + (hasOneDNN ? ["COneDNN"] : []),
      settings: strict + (hasOneDNN ? [.define("ONEDNN")] : [])),
    library("Autodiff", ["Tensors", "Kernels", "Randomness"]),
    library("Layers", ["Autodiff", "Tensors", "Kernels", "Randomness"]),
    library("Files", ["CZlib", "Limits"]),
    library("Corpora", ["CZlib", "Files", "Randomness", "Typesetting"], papers: ["README.md"]),
    library(
      "Models", ["Layers", "Autodiff", "Tensors", "Kernels", "Corpora", "Randomness"],
      papers: [
        "README.md", "Copy/README.md", "HMT/README.md", "RIN/README.md",
        "Cascade/README.md", "Generative/README.md",
      ]),
    library(
      "Evaluation", ["Corpora", "Randomness", "Typesetting"], papers: ["README.md"]),
    .target(
      name: "Page", dependencies: ["Corpora", "Evaluation"], exclude: ["README.md"],
      resources: [.embedInCode("Template")], swiftSettings: strict),
    library("Collectives", ["COpenMPI", "Tensors", "Kernels"]),
    library("Checkpoints", ["CHDF5", "CLZMA", "CGlibc", "Limits"]),
    library("Pretrained", ["Layers", "Autodiff", "Tensors", "Corpora", "Checkpoints"]),
    library("Configuration", ["CYAML", "Files"]),
    library("Commands", ["CArgp", "Configuration", "Typesetting"]),
    library(
      "Training",
      [
        "Models", "Layers", "Autodiff", "Tensors", "Kernels", "Corpora", "Evaluation",
        "Collectives", "Checkpoints", "Pretrained", "Limits", "Randomness", "RunLogs",
        "Typesetting",
      ]),
    .executableTarget(
      name: "tercet",
      dependencies: [
        "Training", "Commands", "Configuration", "Models", "Corpora", "Evaluation", "Collectives",
        "Checkpoints", "Pretrained", "Autodiff", "Tensors", "Layers", "Limits", "Page",
        "Randomness",
        "RunLogs",
        "Typesetting",
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "COpenMPI", "Kernels", "Tensors", "Autodiff", "Layers", "Corpora", "Models", "Collectives",
        "Training", "Commands",
      ],
      path: "Benchmarks/Sources", swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "RankChecks", dependencies: ["Collectives", "Tensors"], path: "Tests/RankChecks",
      swiftSettings: strict),
    .executableTarget(
      name: "Example",
      dependencies: [
        "Training", "Models", "Corpora", "Configuration", "Collectives", "Checkpoints", "Tensors",
      ],
      path: "Tests/Example", swiftSettings: strict),
    .target(
      name: "ModelCases", dependencies: ["Models", "Corpora", "Configuration"],
      path: "Tests/ModelCases",
      swiftSettings: strict),
    tests("TypesettingTests", ["Typesetting"]),
    tests("RunLogsTests", ["RunLogs", "Typesetting"]),
    tests("KernelsTests", ["Kernels", "Tensors"]),
    tests("TensorsTests", ["Tensors", "Kernels"]),
    tests("AutodiffTests", ["Autodiff", "Tensors", "Kernels", "Randomness"]),
    tests("LayersTests", ["Layers", "Autodiff", "Tensors", "Kernels", "Randomness"]),
    tests("FilesTests", ["Files"]),
    tests("CorporaTests", ["Corpora", "Randomness"]),
    tests(
      "ModelsTests",
      [
        "ModelCases", "Models", "Layers", "Autodiff", "Tensors", "Kernels", "Corpora", "Evaluation",
        "Randomness",
      ]),
    tests("EvaluationTests", ["Evaluation", "Corpora", "Randomness"]),
    tests("PageTests", ["Page", "Evaluation", "Corpora"]),
    tests("CollectivesTests", ["Collectives", "RankChecks"]),
    tests("CheckpointsTests", ["Checkpoints", "tercet"]),
    tests(
      "PretrainedTests",
      ["Pretrained", "Checkpoints", "Layers", "Autodiff", "Tensors", "Corpora", "tercet"]),
    tests("ConfigurationTests", ["Configuration"]),
    tests(
      "CommandLineTests",
      [
        "Commands", "Configuration", "Training", "Models", "Evaluation", "Corpora", "Tensors",
        "tercet",
      ]),
    tests(
      "TrainingTests",
      [
        "ModelCases", "Training", "Models", "Layers", "Autodiff", "Tensors", "Corpora",
        "Checkpoints", "Collectives", "Evaluation", "RunLogs",
      ]),
    tests(
      "FixturesTests",
      [
        "Models", "Layers", "Autodiff", "Tensors", "Checkpoints", "Pretrained", "Training",
        "Corpora",
        "Evaluation", "Randomness", "tercet",
      ]),
    tests(
      "ProgramTests",
      ["tercet", "Example", "ModelCases", "Commands", "Corpora", "Tensors", "Typesetting"]),
  ] + fuzzing,
  swiftLanguageModes: [.v6])
