import Foundation
import TestSupport
import Testing

/// The folder of the commands that run tercet on clusters.
private let cluster = packageRoot.appending(path: "cluster")

extension ProgramTests {
  /// The commands of the folder `cluster`, as far as they need neither several hosts nor Slurm.
  @Suite("cluster/", .enabled(if: hasRanks))
  struct ClusterTests {
    /// What `cluster/run` does when its ranks end in some way, start by start.
    struct Case: CustomTestStringConvertible, Sendable {
      let name: String
      /// What rank 0 does in each start, in the language of bash; the other rank waits for its end.
      let plan: [String]
      let status: Int32
      /// How often it is started.
      var starts: Int
      /// What the last line that it says must hold.
      var says = ""
      /// Arguments of tercet at the first start and at the last.
      var arguments = ["", ""]
      /// Options of `cluster/run`.
      var options: [String] = []

      var testDescription: String { name }
    }

    static let saved = "mkdir -p run; echo >>run/step-1.h5; "

    static let cases: [Case] = [
      Case(name: "all is well", plan: ["exit 0"], status: 0, starts: 1),
      Case(name: "bad input", plan: ["exit 1"], status: 1, starts: 1),
      Case(name: "asked to leave by others", plan: ["exit 75"], status: 75, starts: 1),
      Case(
        name: "killed before and after the first checkpoint",
        plan: ["kill -9 $$", saved + "kill -9 $$", "exit 0"], status: 0, starts: 3,
        says: "exit code 137", arguments: ["", "--resume"]),
      Case(
        name: "overwriting before the first checkpoint", plan: ["kill -9 $$", "exit 0"], status: 0,
        starts: 2, arguments: ["--overwrite", "--overwrite"]),
      Case(
        name: "overwriting after the first checkpoint",
        plan: [saved + "kill -9 $$", "exit 0"], status: 0, starts: 2,
        arguments: ["--overwrite", "--resume"]),
      Case(
        name: "killed too often", plan: ["kill -9 $$", "kill -9 $$"], status: 137, starts: 2,
        says: "not started again after 1 restarts", options: ["--restarts", "1"]),
      Case(
        name: "a crash at the same step twice",
        plan: [
          #"mkdir -p run; echo '{"step":4}' >>run/run.jsonl; kill -11 $$"#, "kill -11 $$", "exit 0",
        ], status: 139, starts: 2, says: "SIGSEGV (exit code 139, after step 4), twice"),
      Case(
        name: "crashes at two steps",
        plan: [
          #"mkdir -p run; echo '{"step":4}' >>run/run.jsonl; kill -11 $$"#,
          #"echo '{"step":5}' >>run/run.jsonl; kill -11 $$"#, "exit 0",
        ], status: 0, starts: 3),
    ]

    @Test("cluster/run starts again what may go well the next time", arguments: cases)
    func restarts(_ sample: Case) throws {
      try withTemporaryDirectory { folder in
        let place = try Standin(folder, plan: sample.plan)
        let first = sample.arguments[0].isEmpty ? [] : [sample.arguments[0]]
        let result = try place.run(sample.options, first)
        #expect(result.status == sample.status, "\(result.stderr)")
        let starts = try place.starts()
        try #require(starts.count == sample.starts, "\(starts) \(result.stderr)")
        for (start, argument) in zip([starts[0], starts[starts.count - 1]], sample.arguments) {
          let rest = start.replacing("train CONFIG --checkpoints run", with: "")
          #expect(rest.trimmingCharacters(in: .whitespaces) == argument)
        }
        let last = result.stderr.split(separator: "\n").last { $0.hasPrefix("run: ") } ?? ""
        #expect(sample.says.isEmpty || last.contains(sample.says), "\(result.stderr)")
      }
    }

    @Test(
      "a signal to cluster/run reaches ranks as SIGUSR1, and their 75 comes back",
      arguments: ["TERM", "INT", "HUP", "USR1"])
    func signals(_ signal: String) throws {
      try withTemporaryDirectory { folder in
        let rank =
          "trap 'exit 75' USR1; mkdir run; echo >run/run.jsonl; echo >ready; sleep infinity & wait"
        let place = try Standin(folder, plan: [rank])
        // The threads that tests run on have signals blocked, which a child inherits.
        let script = """
          import os, signal, subprocess, sys
          os.mkfifo("ready")
          signal.pthread_sigmask(signal.SIG_SETMASK, [])
          run = subprocess.Popen(sys.argv[1:], start_new_session=True)
          open("ready").close()
          run.send_signal(signal.SIG\(signal))
          sys.exit(run.wait())
          """
        let result = try runProcess(
          "/usr/bin/python3", ["-c", script] + place.command([], []), in: folder, timeout: 60)
        #expect(result.status == 75, "\(result.stderr)")
        #expect(result.stderr.contains("every rank saves"), "\(result.stderr)")
      }
    }

    @Test("where nobody says how many ranks, one has a thread for each core that shards keep busy")
    func form() throws {
      try withTemporaryDirectory { folder in
        let place = try Standin(folder, plan: ["exit 0", "exit 0"])
        let cores = try runProcess("/usr/bin/env", ["-u", "OMP_NUM_THREADS", "nproc"]).stdout
        let threads = min(8, Int(cores.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0)
        for options in [[], ["-n", "1"]] {
          let command = place.command(options, [])
          let result = try runProcess(
            command[0], Array(command.dropFirst()), in: folder, timeout: 120)
          #expect(result.status == 0, "\(result.stderr)")
          #expect(result.stderr.contains("one rank a host") == options.isEmpty)
        }
        #expect(try place.starts()[0].hasSuffix("--set threads=\(threads)"))
      }
    }

    @Test("mistakes are answered with one line")
    func mistakes() throws {
      try withTemporaryDirectory { folder in
        let place = try Standin(folder, plan: ["exit 0"])
        try Data("a slots=2\nb slots=many\n".utf8).write(to: folder.appending(path: "hosts"))
        try Data("a\nb\na\n".utf8).write(to: folder.appending(path: "twice"))
        try Data("elsewhere\n".utf8).write(to: folder.appending(path: "far"))
        // What reaches a host where the program has another name.
        try Data("shift; bash -c \"${*//tercet/none}\"\n".utf8)
          .write(to: folder.appending(path: "agent"))
        let run = cluster.appending(path: "run").path
        let command = ["--", "train", "CONFIG", "--checkpoints", "run"]
        let cases: [([String], [String])] = [
          ([], ["--"]), (["-n"], ["'-n'"]), (["-n", "0"] + command, ["-n", "'0'"]),
          (["--rank"] + command, ["'--rank'"]), (["--", "evaluate"], ["train"]),
          (["--", "train", "CONFIG"], ["--checkpoints"]),
          (["--tercet", "none"] + command, ["none", "no program"]),
          (place.program + ["--hostfile", "none"] + command, ["none", "hosts.example"]),
          (place.program + ["--hostfile", "hosts"] + command, ["hosts:2", "slots=many"]),
          (place.program + ["--hostfile", "twice"] + command, ["twice:3", "second time"]),
          (
            place.program + ["--hostfile", "far", "--rsh", "false"] + command,
            ["elsewhere", "--rsh"]
          ),
          (
            place.program + ["--hostfile", "far", "--rsh", "bash agent"] + command,
            ["elsewhere", "/none: No such file", "copy program"]
          ),
          (["--tercet", "/bin/true"] + command, ["/bin/true", "no configuration"]),
          (
            place.program + ["-n", "1", "--interface", "none0"] + command,
            ["mpirun cannot start ranks", "none0"]
          ),
        ]
        for (arguments, words) in cases {
          let result = try runProcess(run, arguments, in: folder, timeout: 60)
          #expect(result.status == 1, "\(arguments)")
          #expect(result.complaints.count == 1, "\(arguments): \(result.stderr)")
          for word in words { #expect(result.stderr.contains(word), "\(result.stderr)") }
        }
      }
    }

    @Test("install refuses what it cannot do with one line, before it builds")
    func install() throws {
      try withTemporaryDirectory { folder in
        let install = cluster.appending(path: "install").path
        let cases: [(arguments: [String], words: String)] = [
          ([], "give the folder to install in: --prefix DIR"),
          (["--prefix"], "'--prefix' needs a value"),
          (["--prefix", ".", "--cup", "x"], "unknown argument '--cup'"),
          (["--prefix", "none", "--uninstall"], "nothing is installed in \(folder.path)/none"),
          (["--prefix", "/proc/none"], "/proc/none: cannot be written"),
        ]
        for (arguments, words) in cases {
          let result = try runProcess(install, arguments, in: folder, timeout: 60)
          #expect(result.status == 1 && result.stdout.isEmpty, "\(arguments): \(result)")
          #expect(result.stderr.contains(words), "\(arguments): \(result.stderr)")
        }
      }
    }

    /// The commands that have help, by their folder.
    static let commands = [
      "cluster": ["run", "lab", "link", "install", "quickstart", "sweep"],
      "Tests/Cluster": [
        "chaos", "host-lost", "slurm-check", "container-check", "soak", "straggler", "crash-saves",
        "damage-checkpoints", "full-disk", "signals", "fuzz", "sanitize", "transcript",
        "two-starts", "limits", "sweep",
      ],
    ]

    @Test("every script can be read, and these commands have help", arguments: commands)
    func scripts(folder: String, commands: [String]) throws {
      let files = packageRoot.appending(path: folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: files.path) {
        let path = files.appending(path: name).path
        guard let first = try? String(contentsOfFile: path, encoding: .utf8).prefix(40) else {
          continue
        }
        if first.hasPrefix("#!/bin/bash") || name.hasSuffix(".sh") {
          let read = try runProcess("/bin/bash", ["-n", path])
          #expect(read.status == 0, "\(name): \(read.stderr)")
        }
      }
      for name in commands {
        let help = try runProcess(files.appending(path: name).path, ["--help"], timeout: 60)
        #expect(help.status == 0 && help.stdout.contains("\(folder)/\(name)"), "\(name): \(help)")
      }
    }
  }
}

/// What stands in for tercet: each start notes its arguments and does what its line of a plan says.
private struct Standin {
  let folder: URL

  init(_ folder: URL, plan: [String]) throws {
    self.folder = folder
    let script = """
      #!/bin/bash
      if [[ $* == *--print-config* ]]; then printf 'batch:\n  shards: 8\nthreads: 1\n'; exit; fi
      if [[ $OMPI_COMM_WORLD_RANK != 0 ]]; then trap 'exit 75' USR1; sleep infinity & wait; fi
      echo "$*" >>starts
      eval "$(sed -n "$(wc -l <starts)p" plan)"

      """
    let path = folder.appending(path: "tercet")
    try Data(script.utf8).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path.path)
    try Data((plan.joined(separator: "\n") + "\n").utf8).write(
      to: folder.appending(path: "plan"))
  }

  /// The option that names it.
  var program: [String] { ["--tercet", folder.appending(path: "tercet").path] }

  func command(_ options: [String], _ arguments: [String]) -> [String] {
    [cluster.appending(path: "run").path] + program + options
      + ["--", "train", "CONFIG", "--checkpoints", "run"] + arguments
  }

  func run(_ options: [String], _ arguments: [String]) throws -> ProcessResult {
    let command = command(options, arguments)
    return try runProcess(
      command[0], ["-n", "1"] + command.dropFirst(), in: folder, timeout: 120)
  }

  /// The arguments of each start.
  func starts() throws -> [String] {
    String(decoding: try Data(contentsOf: folder.appending(path: "starts")), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }
}
