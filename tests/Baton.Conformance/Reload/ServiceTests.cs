// What systemd sees and gives: notifications of a master started with -Ws, and sockets passed by activation.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class ServiceTests
{
    private const int SigUsr2 = 12,
        SigUsr1 = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Systemd_is_told_of_start_reload_failure_and_end(bool isAbstract)
    {
        using var systemd = new NotifySocket(isAbstract);
        using var master = new MasterUnderTest(Product.Baton, mode: "-Ws", environment: new() { ["NOTIFY_SOCKET"] = systemd.Address });
        string pid = master.Pid.ToString(CultureInfo.InvariantCulture);
        Dictionary<string, string> started = systemd.Next();
        Assert.Equal(("1", pid), (started["READY"], started["MAINPID"]));

        long before = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        master.Signal(SigUsr2);
        Dictionary<string, string> reloading = systemd.Next(),
            reloaded = systemd.Next();
        Assert.Equal("1", reloading["RELOADING"]);
        long said = long.Parse(reloading["MONOTONIC_USEC"], CultureInfo.InvariantCulture);
        Assert.InRange(said, before, Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000));
        Assert.Equal(("1", pid, "Ready."), (reloaded["READY"], reloaded["MAINPID"], reloaded["STATUS"]));

        master.WriteConfig(extra: "    bogus line");
        master.Signal(SigUsr2);
        Assert.Equal("1", systemd.Next()["RELOADING"]);
        Dictionary<string, string> failed = systemd.Next();
        Assert.Equal(("1", "Reload failed!"), (failed["READY"], failed["STATUS"]));

        // another binary in the master's place: the same pid goes on telling
        master.WriteConfig();
        master.Install(Product.Baton);
        master.Signal(SigUsr2);
        Assert.Equal("1", systemd.Next()["RELOADING"]);
        Assert.Equal(("1", pid), (systemd.Next() is { } again ? again["READY"] : "", pid));

        master.Signal(SigUsr1);
        Assert.Equal("1", systemd.Next()["STOPPING"]);
        Assert.Equal(0, master.WaitForExit());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-W")]
    public void Sockets_of_an_activation_are_served_and_survive_reloads(string mode)
    {
        string directory = Directory.CreateTempSubdirectory("baton-activation-").FullName;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(128);
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        string config = Path.Combine(directory, "cfg"),
            errors = Path.Combine(directory, "err"),
            cli = Path.Combine(directory, "m");
        File.WriteAllText(
            config,
            """
            global
                nbthread 1
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind fd@3
                http-request return status 200 content-type text/plain string hello

            """
        );
        // bash puts the descriptor at 3, as systemd does, and one more that nobody serves; the harness's own copy is /proc's
        string script =
            $"exec 3<&{listener.Handle} 4<&{listener.Handle}; LISTEN_FDS=2 LISTEN_PID=$$ exec \"$0\" {mode} -f {config} {(mode.Length > 0 ? "-S " + cli : "")} 2>{errors}";
        using Process process = Inheritance.Start("/bin/bash", ["-c", script, Products.Path(Product.Baton)], (int)listener.Handle);
        try
        {
            for (int i = 0; i < 20; i++)
                Assert.Null(RequestLoad.Request(port));
            Assert.Contains("descriptor 4 is used by no line 'bind fd@4'", File.ReadAllText(errors));
            if (mode.Length == 0)
                return;
            var load = new RequestLoad(port);
            for (int i = 0; i < 5; i++)
                Assert.StartsWith("Success=1", MasterUnderTest.AskAt(cli, "reload"));
            (int served, int failed, string? why) = load.Stop();
            Assert.True(failed == 0 && served > 10, $"{failed} of {served} failed: {why}");
        }
        finally
        {
            Inheritance.Terminate(process);
            Directory.Delete(directory, true);
        }
    }
}
