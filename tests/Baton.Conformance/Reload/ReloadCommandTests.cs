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
        var info = new ProcessStartInfo(Products.Path(Product.Baton), arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(info)!;
        string text = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
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
        string where = option switch { "-S" => master.CliPath, "-p" => master.PidFile, _ => Path.Combine(master.Directory, "s") };
        var load = new RequestLoad(master.Port);
        master.WriteConfig(extra: "backend extra\n    server one 127.0.0.1:9 weight 7");
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
        string directory = Directory.CreateTempSubdirectory("baton-alone-").FullName, config = Path.Combine(directory, "cfg"), pidFile = Path.Combine(directory, "pid");
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
        int served, failed;
        string? why;
        try
        {
            File.WriteAllText(config, text + "backend extra\n    server one 127.0.0.1:9\n");
            (int status, string said, string error) = Run("reload", "-p", pidFile);
            Assert.True(status == 0, error);
            string second = File.ReadAllText(pidFile).Trim();
            Assert.NotEqual(first, second);
            Assert.Contains($"process {second} serves, process {first}", said);
            Assert.Contains("+ extra/one", said);
            File.WriteAllText(config, text + "nonsense\n");
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
            for (int i = 0; i < 200 && RequestLoad.Request(port) is null; i++) System.Threading.Thread.Sleep(10);
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
    public void What_cannot_be_reached_is_a_failure()
    {
        Assert.Equal(1, Run("reload").Status);
        Assert.Contains("names no process", Run("reload", "-p", "/nonexistent/pid").Error);
        Assert.Contains("cannot connect", Run("reload", "-S", "/nonexistent/socket").Error);
        Assert.Contains("no answer", Run("reload", "--socket", "/nonexistent/socket").Error);
    }
}
