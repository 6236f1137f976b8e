import Checkpoints
import Foundation
import TestSupport

/// What an outside program said.
struct Outcome {
  let status: Int32
  let output: String
}

/// Runs a program and collects both of its output streams.
func run(_ program: String, _ arguments: [String]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}

/// A Python that has h5py; nil, with a line that says so, where there is none.
let python: String? = {
  for candidate in ["python3", "/usr/bin/python3"] {
    if let check = try? run(candidate, ["-c", "import h5py"]), check.status == 0 {
      return candidate
    }
  }
  print("tests against h5py are skipped: no python3 with h5py (Debian package python3-h5py)")
  return nil
}()

/// Whether h5dump and h5diff are there.
let hasHDF5Tools: Bool = {
  if let check = try? run("h5dump", ["--version"]), check.status == 0 { return true }
  print("tests against h5dump are skipped: no h5dump (Debian package hdf5-tools)")
  return false
}()

/// Runs a script that has `h5py`, `np` and `path`.
func h5py(_ path: String, _ script: String) throws -> Outcome {
  let head = "import sys, os, h5py, numpy as np\npath = sys.argv[1]\n"
  return try run(python ?? "python3", ["-c", head + script, path])
}

/// The numbers of the sample's array `parameters/encoder.weight`.
let sampleWeights: [Float] = (0..<12).map { Float($0) * 0.37 - 1.5 }

/// Writes a checkpoint that has every kind of content.
func writeSample(to path: String, step: Int64 = 120) throws(CheckpointError) {
  try CheckpointFile.write(to: path) { (writer) throws(CheckpointError) in
    try fill(writer, step: step)
  }
}

/// The contents of `writeSample`.
func fill(_ writer: borrowing CheckpointWriter, step: Int64) throws(CheckpointError) {
  try writer.attribute("step", .integer(step))
  try writer.attribute("rate", .real(0.1))
  try writer.attribute("constrained", .truth(true))
  try writer.attribute("configuration", .string("model:\n  kind: copymtl\n"))
  try writer.attribute("beta1", on: "optimizer", .real(0.9))
  try sampleWeights.withUnsafeBufferPointer { (values) throws(CheckpointError) in
    try writer.floats("parameters/encoder.weight", shape: [3, 4], values)
    try writer.floats("parameters/scalar", shape: [], UnsafeBufferPointer(rebasing: values[..<1]))
    try writer.floats(
      "parameters/none", shape: [0, 4], UnsafeBufferPointer(rebasing: values[..<0]))
  }
  try writer.integers("history/step", shape: [3], [10, -20, .max])
  try writer.doubles("history/loss", shape: [3], [2.5, .infinity, 0.1])
  try writer.strings("vocabulary/words", ["the", "", "Köln", "日本", "a b"])
  try writer.strings("vocabulary/none", [])
}

func bytes(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func write(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

/// The names in a folder, hidden ones included, sorted.
func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Calls `body` with the path of a fresh folder.
func inFolder<T>(_ body: (String) throws -> T) throws -> T {
  try withTemporaryDirectory { try body($0.path(percentEncoded: false).trimmingSlash) }
}

/// A fresh folder for tests that wait for something, to be removed by `remove`.
func makeFolder() throws -> String {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "tercet-\(UUID().uuidString)"
  ).path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder
}

func remove(_ folder: String) {
  try? FileManager.default.removeItem(atPath: folder)
}

extension String {
  fileprivate var trimmingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
