// "baton reload" against a master and against a process alone.
using System;
using System.Diagnostics;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class ReloadCommandTests
{
    private static (int Status, string Out, string Error) Run(params string[] arguments)
    {
        var info = new ProcessStartInfo(Products.Path(Product.Baton), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(info)!;
        string text = process.StandardOutput.ReadToEnd(),
            error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, error);
    }

    [Theory]
    [InlineData("-S")]
    [InlineData("-p")]
    [InlineData("--socket")]
    public void A_master_is_reloaded_and_the_change_is_told(string option)
    {
        using var master = new MasterUnderTest(Product.Baton);
        string where = option switch
        {
            "-S" => master.CliPath,
            "-p" => master.PidFile,
            _ => Path.Combine(master.Directory, "s"),
        };
        var load = new RequestLoad(master.Port);
        master.WriteConfig(extra: "backend extra\n    server one 127.0.0.1:9 weight 7");
        Assert.EndsWith("A reload would be accepted.\n", Run("reload", option, where, "--dry-run").Out);
        (int status, string text, string error) = Run("reload", option, where);
        Assert.True(status == 0, error);
        Assert.Contains($"process {master.Workers()[0]} serves", text);
        Assert.Contains("+ extra/BACKEND\n", text);
        Assert.Contains("+ extra/one", text);
        Assert.Contains("ms  configuration read and checked", text);
        master.WriteConfig(extra: "    bogus line");
        (status, text, error) = Run("reload", option, where);
        Assert.Equal((1, ""), (status, text));
        Assert.Contains("unknown keyword 'bogus'", error);
        (int served, int failed, string? why) = load.Stop();
        Assert.True(failed == 0 && served > 10, $"{failed} of {served} failed: {why}");
    }

    [Fact]
    public void A_process_alone_is_reloaded_and_the_change_is_told()
    {
        string directory = Directory.CreateTempSubdirectory("baton-alone-").FullName,
            config = Path.Combine(directory, "cfg"),
            pidFile = Path.Combine(directory, "pid");
        int port = Ports.Free();
        string text = $"""
            global
                nbthread 1
                stats socket {directory}/s mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 2s
                timeout client 5s
                timeout server 5s
            frontend fe
                bind 127.0.0.1:{port}
                http-request return status 200 content-type text/plain string hello

            """;
        File.WriteAllText(config, text);
        Assert.Equal(0, Run("-D", "-f", config, "-p", pidFile).Status);
        string first = File.ReadAllText(pidFile).Trim();
        var load = new RequestLoad(port);
        int served,
            failed;
        string? why;
        try
        {
            File.WriteAllText(config, text + "backend extra\n    server one 127.0.0.1:9\n");
            (int status, string said, string error) = Run("reload", "-p", pidFile, "--dry-run");
            Assert.True(status == 0, error);
            Assert.Contains("    + server extra/one is new, at 127.0.0.1:9\n", said);
            Assert.Equal(first, File.ReadAllText(pidFile).Trim());
            (status, said, error) = Run("reload", "-p", pidFile);
            Assert.True(status == 0, error);
            string second = File.ReadAllText(pidFile).Trim();
            Assert.NotEqual(first, second);
            Assert.Contains($"process {second} serves, process {first}", said);
            Assert.Contains("+ extra/one", said);
            (status, said, error) = Run("reload", "--dry-run", "--socket", Path.Combine(directory, "s"));
            Assert.Equal((0, "The same configuration, line by line.\nA reload would be accepted.\n", ""), (status, said, error));
            File.WriteAllText(config, text + "nonsense\n");
            (status, said, error) = Run("reload", "-p", pidFile, "--dry-run");
            Assert.Equal((1, ""), (status, said));
            Assert.Contains("nonsense", error);
            Assert.Contains("a reload would be refused", error);
            (status, said, error) = Run("reload", "--socket", Path.Combine(directory, "s"));
            Assert.Equal((1, ""), (status, said));
            Assert.Contains("the configuration that runs goes on", error);
            Assert.Contains("nonsense", error);
            Assert.Equal(second, File.ReadAllText(pidFile).Trim());
            // ended on purpose within the probation: the one before does not come back
            (served, failed, why) = load.Stop();
            Assert.True(failed == 0 && served > 10, $"{failed} of {served} failed: {why}");
            File.WriteAllText(config, text);
            Assert.Equal(0, Run("reload", "-p", pidFile).Status);
            Inheritance.Signal(int.Parse(File.ReadAllText(pidFile)), 15);
            for (int i = 0; i < 200 && RequestLoad.Request(port) is null; i++)
                System.Threading.Thread.Sleep(10);
            Assert.NotNull(RequestLoad.Request(port));
        }
        finally
        {
            load.Stop();
            Reloadable.StopAll(directory);
            Directory.Delete(directory, true);
        }
    }

    [Fact]
    public void Binds_ACLs_rules_and_time_outs_that_changed_are_told()
    {
        using var daemons = new Daemons();
        int first = Ports.Free(),
            second = Ports.Free();
        string Rest(string extra) =>
            $"""
                frontend fe
                    bind 127.0.0.1:{first}
                    {extra}
                    http-request return status 200 content-type text/plain string hello
                backend be
                    server s 127.0.0.1:9 maxconn 10
                """;
        string file = daemons.Write("", Rest("acl old path /old\n    http-request deny if old"));
        Assert.Equal(0, daemons.Start(Product.Baton, file).Status);
        string next = daemons.Write(
            "",
            Rest(
                $"bind 127.0.0.1:{second}\n    acl new path /new\n    http-request deny status 404 if new\n    http-request set-header X-A \"a b\""
            )
        );
        File.WriteAllText(
            file,
            File.ReadAllText(next).Replace("timeout client 60s", "timeout client 50s").Replace("maxconn 10", "maxconn 20")
        );
        (int status, string said, string error) = Run("reload", "-p", daemons.PidFile);
        Assert.True(status == 0, error);
        Assert.Contains("~ defaults\n    ~ timeout client 60s  ->  timeout client 50s\n", said);
        Assert.Contains($"~ frontend fe\n", said);
        Assert.Contains($"    + bind 127.0.0.1:{second}\n", said);
        Assert.Contains("    - acl old path /old\n", said);
        Assert.Contains("    + acl new path /new\n", said);
        Assert.Contains("http-request deny if old", said);
        Assert.Contains("http-request deny status 404 if new\n", said);
        Assert.Contains("    + http-request set-header X-A 'a b'\n", said);
        Assert.Contains("    ~ server s 127.0.0.1:9 maxconn 10  ->  server s 127.0.0.1:9 maxconn 20\n", said);
        (status, said, error) = Run("reload", "-p", daemons.PidFile);
        Assert.True(status == 0, error);
        Assert.Contains("The same configuration as before, line by line.", said);
        // the order of rules is a change too
        string text = File.ReadAllText(file);
        string[] lines = text.Split('\n');
        int deny = Array.FindIndex(lines, l => l.Contains("http-request deny"));
        (lines[deny], lines[deny + 1]) = (lines[deny + 1], lines[deny]);
        File.WriteAllText(file, string.Join('\n', lines));
        said = Run("reload", "-p", daemons.PidFile).Out;
        Assert.Contains("    + http-request", said);
        Assert.Contains("    - http-request", said);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("-C sub", true)]
    [InlineData("-C sub", false)]
    public void Relative_paths_are_meant_where_they_were_written(string option, bool isMaster)
    {
        string directory = Directory.CreateTempSubdirectory("baton-relative-").FullName,
            place = option.Length > 0 ? "sub" : ".";
        Directory.CreateDirectory(Path.Combine(directory, "sub"));
        int port = Ports.Free();
        string config = Path.Combine(directory, place, "my.cfg");
        string text =
            $"global\n  nbthread 1\n  stats socket unix@s.sock mode 600 level admin expose-fd listeners\ndefaults\n  mode http\n  timeout connect 2s\n  timeout client 5s\n  timeout server 5s\n"
            + $"frontend fe\n  bind 127.0.0.1:{port}\n  http-request return status 200 content-type text/plain string hello\n";
        File.WriteAllText(config, text);
        // the program itself by a relative path too
        File.CreateSymbolicLink(Path.Combine(directory, "baton"), Products.Path(Product.Baton));
        string[] start =
        [
            .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "-D",
            "-f",
            "my.cfg",
            "-p",
            "pid",
            .. isMaster ? (string[])["-W", "-S", "unix@m.sock"] : [],
        ];
        try
        {
            (int status, string said, string error) = In(directory, "./baton", start);
            Assert.True(status == 0, error);
            string pid = Path.Combine(place, "pid"),
                socket = Path.Combine(place, isMaster ? "m.sock" : "s.sock");
            foreach (
                string[] arguments in (string[][])
                    [
                        ["-p", pid],
                        isMaster ? ["-S", socket] : ["--socket", socket],
                        ["-p", Path.GetFullPath(pid, directory)],
                    ]
            )
            {
                text += "# more\nbackend b" + arguments[1].Length + arguments[0].Length + "\n";
                File.WriteAllText(config, text);
                (status, said, error) = In(directory, "./baton", ["reload", .. arguments]);
                Assert.True(status == 0, $"{string.Join(' ', arguments)}: {error}");
                Assert.Contains("+ b", said);
                Assert.Null(RequestLoad.Request(port));
            }
            // from elsewhere
            (status, said, error) = In("/", Products.Path(Product.Baton), ["reload", "-p", Path.GetFullPath(pid, directory)]);
            Assert.True(status == 0, error);
        }
        finally
        {
            Reloadable.StopAll(directory);
            if (File.Exists(Path.Combine(directory, place, "pid")))
                Inheritance.Signal(int.Parse(File.ReadAllText(Path.Combine(directory, place, "pid"))), 15);
            for (int i = 0; i < 200 && RequestLoad.Request(port) is null; i++)
                System.Threading.Thread.Sleep(10);
            Directory.Delete(directory, true);
        }
    }

    private static (int Status, string Out, string Error) In(string directory, string program, string[] arguments)
    {
        var info = new ProcessStartInfo(program.StartsWith('.') ? Path.Combine(directory, program) : program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = directory,
        };
        if (program.StartsWith('.'))
        {
            // the shell keeps the relative name as the first argument
            info.FileName = "/bin/sh";
            info.ArgumentList.Clear();
            foreach (string word in (string[])["-c", "exec \"$0\" \"$@\"", program, .. arguments])
                info.ArgumentList.Add(word);
        }
        using Process process = Process.Start(info)!;
        string text = process.StandardOutput.ReadToEnd(),
            error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, error);
    }

    [Fact]
    public void What_cannot_be_reached_is_a_failure()
    {
        Assert.Equal(1, Run("reload").Status);
        Assert.Contains("names no process", Run("reload", "-p", "/nonexistent/pid").Error);
        Assert.Contains("cannot connect", Run("reload", "-S", "/nonexistent/socket").Error);
        Assert.Contains("no answer", Run("reload", "--socket", "/nonexistent/socket").Error);
    }
}
