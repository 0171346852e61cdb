// Baton and haproxy read the same file; they differ in the program, and in which address it listens on.
using System.Globalization;
using System.IO;
using System.Text;

namespace Baton.Bench.Contestants;

/// <param name="program">The file to execute.</param>
/// <param name="foreground">Options that keep it in the foreground.</param>
public sealed class HaproxyLanguage(string name, string directory, string program, string[] foreground) : Contestant(name, directory)
{
    private string StatsSocket => Path.Combine(Directory, $"{Name}.sock");

    public override string Version => Commands.Shell($"{program} -v | head -1").Trim();
    protected override string[] ServeCommand => [program, .. foreground, "-f", ConfigFile];
    public override string CheckCommand => $"{program} -c -f {ConfigFile}";

    protected override string Configuration(Setup setup, int port)
    {
        var text = new StringBuilder();
        string mode = setup.Tcp ? "tcp" : "http";
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            global
                nbthread {setup.Workers}
                maxconn 9000
                stats socket {StatsSocket} mode 600 level admin expose-fd listeners
            defaults
                mode {mode}
                timeout connect 5s
                timeout client 600s
                timeout server 600s

            """
        );
        if (!setup.Tcp)
            text.Append("    http-reuse always\n");
        text.Append(CultureInfo.InvariantCulture, $"frontend fe\n    bind 127.0.0.1:{port}\n");
        if (setup.Marker is not null)
            text.Append(CultureInfo.InvariantCulture, $"    http-request redirect location {setup.Marker}\n");
        for (int i = 0; i < setup.Rules; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"    http-request set-header x-m 1 if {{ req.hdr(user-agent),lower -m reg {Setup.Expression(i)} }}\n"
            );
        if (setup.Rules > 0)
            text.Append("    http-request return status 200 content-type text/plain string ok\n");
        text.Append(setup.Backends > 1 ? "    use_backend %[req.hdr(host)]\n" : "    default_backend b0\n");
        for (int b = 0; b < setup.Backends; b++)
        {
            text.Append(CultureInfo.InvariantCulture, $"backend b{b}\n");
            for (int s = 0; s < setup.ServersEach; s++)
                text.Append(CultureInfo.InvariantCulture, $"    server s{s} 127.0.0.1:{setup.OriginPort}\n");
        }
        return text.ToString();
    }

    /// <summary>A new process takes the sockets over and tells the old one to go: <c>-x</c> and <c>-sf</c>.</summary>
    public override void Reload(int workers) =>
        Succeeded(
            Commands.Spawn(
                Cores.Proxy(workers),
                Path.Combine(Directory, $"{Name}.log"),
                [.. ServeCommand, "-x", StatsSocket, "-sf", Pid.ToString(CultureInfo.InvariantCulture)]
            )
        );
}
