// packaging/baton.service without systemd: its own lines are executed with the rights it leaves, so that a low port, a change of user and
// a hand over are known to work with them; and a reload that fails is a command that fails.
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class ServiceUnitTests
{
    private static readonly string[] s_unit = File.ReadAllLines(Path.Combine(Sandbox.Root, "packaging/baton.service"));

    private static string Setting(string name) =>
        s_unit.Single(l => l.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    [Fact]
    public void It_binds_a_low_port_becomes_another_user_and_hands_over()
    {
        string capabilities = string.Join(
            ',',
            Setting("CapabilityBoundingSet").Split(' ').Select(c => "+" + c["CAP_".Length..].ToLowerInvariant())
        );
        string environment = string.Join(
                ' ',
                Setting("Environment")
                    .Split("\" \"")
                    .Select(v => v.Trim('"'))
                    .Select(v => $"{v[..v.IndexOf('=')]}='{v[(v.IndexOf('=') + 1)..]}'")
            )
            .Replace("/etc/baton/baton.cfg", "/tmp/baton.cfg");
        string Line(string name) =>
            $"setpriv --bounding-set=-all,{capabilities} --inh-caps=-all --no-new-privs {Setting(name).Replace("/usr/sbin/baton", "baton")}";
        (int status, string output) = Sandbox.Run(
            $$"""
            {{environment}}
            cat > /tmp/baton.cfg <<'END'
            global
                user nobody
                group nogroup
                chroot /tmp/work
                nbthread 1
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend web
                bind 127.0.0.1:80
                http-request return status 200 content-type text/plain string hello
            END
            {{Line("ExecStart")}} > /tmp/log 2>&1 &
            for i in $(seq 100); do curl -sf http://127.0.0.1/ && break; sleep 0.1; done
            {{Line("ExecReload")}} || { cat /tmp/log; exit 1; }
            curl -sf http://127.0.0.1/
            ps -o user= -p $(pgrep -P $(cat /run/baton.pid))
            echo nonsense >> /tmp/baton.cfg
            if {{Line("ExecReload")}}; then echo "a wrong file was taken"; exit 1; fi
            curl -sf http://127.0.0.1/
            """
        );
        Assert.True(status == 0, output);
        Assert.Equal(3, output.Split("hello").Length - 1);
        Assert.Contains("Reloaded in", output);
        Assert.Contains("nobody", output);
        Assert.Contains("unknown keyword 'nonsense'", output);
    }

    [Fact]
    public void It_names_its_documentation_and_takes_rights_away()
    {
        Assert.Contains("man:baton(1)", Setting("Documentation"));
        Assert.StartsWith(".\\\" made by", CommandRuns.Run("man").Output);
        Assert.StartsWith("/usr/sbin/baton reload", Setting("ExecReload"));
        foreach (
            string name in (string[])
                [
                    "NoNewPrivileges",
                    "ProtectHome",
                    "PrivateTmp",
                    "PrivateDevices",
                    "ProtectKernelTunables",
                    "ProtectKernelModules",
                    "ProtectControlGroups",
                    "RestrictNamespaces",
                    "LockPersonality",
                ]
        )
            Assert.Equal("yes", Setting(name));
    }
}
