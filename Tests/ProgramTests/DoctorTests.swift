import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// `doctor`, on this machine and on ones that lack something.
  @Suite("Doctor", .enabled(if: hasRanks))
  struct DoctorTests {
    /// The grade of a subject, and its line.
    private func finding(_ subject: String, _ result: ProcessResult) throws -> (String, String) {
      let line = try #require(
        result.stdout.split(separator: "\n").first {
          $0.dropFirst(6).hasPrefix(subject) && $0.prefixMatch(of: #/(ok|warn|fail) /#) != nil
        }, "\(subject): \(result)")
      return (String(line.prefix { $0 != " " }), String(line))
    }

    /// Expects a grade and words of a subject's line.
    private func expect(
      _ result: ProcessResult, _ subject: String, _ grade: String, _ words: String
    ) throws {
      let found = try finding(subject, result)
      #expect(found.0 == grade && found.1.contains(words), "\(found.1)")
    }

    /// A `PATH` whose first `mpirun` is a script.
    private func mpirun(_ script: String, in place: Workplace) throws -> [String: String] {
      try place.write("#!/bin/bash\n" + script + "\n", to: "bin/mpirun")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: place.path("bin/mpirun"))
      return ["PATH": "\(place.path("bin")):/usr/bin:/bin"]
    }

    @Test("a machine that passes these tests has no fail, and the block says what it is")
    func here() throws {
      try withWorkplace { place in
        let result = try runProcess(
          program.path, ["doctor"], environment: LaunchTests.bare, in: place.folder)
        #expect(result.status == 0 && result.complaints.isEmpty, "\(result)")
        try expect(result, "launcher", "ok", "Open MPI")
        try expect(result, "self-test", "ok", "ranks: 2, hosts: 1")
        try expect(result, "HDF5", "ok", "a checkpoint was written and read")
        for subject in ["products", "OpenBLAS", "oneDNN", "bfloat16", "disk", "/dev/shm"] {
          _ = try finding(subject, result)
        }
        let block = try #require(result.stdout.firstMatch(of: /\n```\n((?s).*)\n```\n/)).1
        for line in ["tercet 0.1.0", "system: ", "CPU: ", "libraries: Open MPI", "limits: "] {
          #expect(block.contains(line))
        }
        // What other programs say of this machine.
        let outside = try place.python(
          """
          import h5py, os, platform
          print(h5py.version.hdf5_version, platform.release(), len(os.sched_getaffinity(0)))
          """, [])
        let facts = outside.stdout.split(whereSeparator: \.isWhitespace)
        #expect(block.contains("HDF5 \(facts[0]),") && block.contains(" \(facts[1]) "))
        #expect(block.contains(", \(facts[2]) of "))
        #expect(!place.names("").contains { $0.contains("doctor") }, "a file is left behind")
      }
    }

    @Test("what is missing is a fail with what to do, and the status 1")
    func missing() throws {
      try withWorkplace { place in
        let version = "[[ $1 != --version ]] || { echo 'mpirun (Open MPI) 4.1.4'; exit; }\n"
        let banner = """
          line=$(printf -- '-%.0s' {1..74})
          printf '%s\\nNo room\\n  for ranks.\\n%s\\n' $line $line >&2; exit 3
          """
        let cases: [(mpirun: String, subject: String, words: String)] = [
          ("echo HYDRA build details", "launcher", "says 'HYDRA build details', and tercet is"),
          ("exit 1", "launcher", "says 'nothing'"),
          (version + banner, "self-test", "not summed a vector: No room for ranks."),
          (version + "exit 124", "self-test", "they have not ended within 60 s"),
          (version + "exit 7", "self-test", "mpirun ended with 7"),
          (version + "echo lost; exit 1", "self-test", "not summed a vector: lost"),
        ]
        for (script, subject, words) in cases {
          let result = try runProcess(
            program.path, ["doctor"], environment: try mpirun(script, in: place), in: place.folder)
          #expect(result.status == 1, "\(script)")
          try expect(result, subject, "fail", words)
        }
        let none = try runProcess(
          program.path, ["doctor", "none"], environment: ["PATH": "/nowhere"], in: place.folder)
        #expect(none.status == 1 && none.stderr.isEmpty)
        try expect(none, "launcher", "fail", "apt-get install openmpi-bin")
        try expect(none, "disk", "fail", "none: cannot be written: No such file or directory")
        try expect(none, "HDF5", "warn", "not tried")
      }
    }

    @Test("a small limit of descriptors is named, and so is a launcher that started this process")
    func surroundings() throws {
      let few = try runProcess(
        "/bin/bash", ["-c", "ulimit -n 50; \"$0\" doctor /tmp", program.path])
      try expect(few, "launcher", "fail", "'ulimit -n' is 50")
      let inside = try runProcess(
        program.path, ["doctor", "/tmp"], environment: ["SLURM_STEP_ID": "0"])
      try expect(inside, "self-test", "warn", "(SLURM_STEP_ID is set)")
      #expect(inside.status == 0)
    }

    @Test("the block has the variables that the user has set, and none of tercet's own")
    func variables() throws {
      for (set, said) in [([], "nothing that libraries read"), (["OMP_X=1"], "OMP_X=1")] {
        let result = try runProcess(
          "/usr/bin/env", ["-i", "PATH=/usr/bin:/bin"] + set + [program.path, "doctor", "/tmp"])
        #expect(result.stdout.contains("\nenvironment: \(said)\n"), "\(result)")
      }
    }

    @Test("the self-test alone sums over the ranks of any launcher")
    func selfTest() throws {
      let three = try TestSupport.mpirun(
        ranks: 3, executable: program, arguments: ["doctor", "--self-test"])
      #expect(three.stdout == "1048576 numbers are summed; ranks: 3, hosts: 1\n")
      let one = try runProcess(program.path, ["doctor", "--self-test"])
      #expect(one.status == 0 && one.stdout.contains("ranks: 1"))
    }
  }
}
