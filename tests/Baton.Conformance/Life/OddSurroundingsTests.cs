// Starts where something usual is missing: no /proc, closed descriptors, a working directory that is gone, odd files. Whatever it is,
// there is an answer in a line and a status, never a dump.
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class OddSurroundingsTests : Scenario
{
    private string Good
    {
        get
        {
            string file = Path.Combine(Directory, "good.cfg");
            if (!File.Exists(file))
                File.WriteAllText(file, "frontend fe\n    mode http\n    timeout client 1s\n    bind 127.0.0.1:1\n");
            return file;
        }
    }

    private (int Status, string Output) Shell(string script) =>
        Run("/bin/sh", "-c", script.Replace("BATON", Products.Path(Product.Baton)).Replace("GOOD", Good).Replace("HERE", Directory));

    private static void IsNoDump(string output)
    {
        Assert.DoesNotContain("   at ", output);
        Assert.DoesNotContain("Unhandled", output);
    }

    [Theory]
    [InlineData("-v", 0)]
    [InlineData("-vv", 0)]
    [InlineData("-c -f GOOD", 0)]
    [InlineData("check GOOD", 0)]
    [InlineData("help bind", 0)]
    [InlineData("-dL -c -f GOOD", -1)]
    public void Without_proc(string arguments, int status)
    {
        if (Run("/bin/sh", "-c", "unshare -m true").Status != 0)
            Assert.Skip("a mount namespace is not allowed here");
        (int actual, string output) = Shell($"unshare -m sh -c 'mount -t tmpfs none /proc && exec BATON {arguments}'");
        IsNoDump(output);
        if (status >= 0)
            Assert.True(actual == status, output);
    }

    [Theory]
    [InlineData("BATON -c -f GOOD <&-")]
    [InlineData("BATON -c -f GOOD >&- 2>&-")]
    [InlineData("BATON -c -f GOOD <&- >&- 2>&-")]
    [InlineData("BATON -v >/dev/full; true")]
    [InlineData("mkdir HERE/gone; cd HERE/gone; rmdir HERE/gone; BATON -c -f GOOD")]
    [InlineData("cd /proc; BATON -c -f GOOD")]
    [InlineData("env -i BATON -c -f GOOD")]
    [InlineData("TMPDIR=/nonexistent HOME=/nonexistent LANG=xx_YY.utf9 LC_ALL=tr_TR.UTF-8 TZ=Nowhere/None BATON -c -f GOOD")]
    [InlineData("ulimit -s 256; BATON -c -f GOOD")]
    [InlineData("ulimit -f 0; BATON -c -f GOOD")]
    [InlineData("ulimit -n 20; BATON -c -f GOOD")]
    [InlineData("cat GOOD | BATON -c -f /dev/stdin")]
    [InlineData("mkfifo HERE/pipe; cat GOOD > HERE/pipe & BATON -c -f HERE/pipe")]
    public void It_is_checked_all_the_same(string script)
    {
        (int status, string output) = Shell(script);
        IsNoDump(output);
        Assert.True(status == 0, output);
    }

    [Theory]
    [InlineData("head -c 300000 /dev/urandom > HERE/x.cfg")]
    [InlineData("head -c 300000 /dev/zero > HERE/x.cfg")]
    [InlineData("head -c 3000000 /dev/zero | tr '\\0' x > HERE/x.cfg; echo >> HERE/x.cfg")]
    [InlineData("head -c 2000000 /dev/zero | tr '\\0' '\"' > HERE/x.cfg; echo >> HERE/x.cfg")]
    [InlineData("(echo global; yes .if | head -3000) > HERE/x.cfg")]
    [InlineData("(printf .if; head -c 200000 /dev/zero | tr '\\0' '('; echo 1) > HERE/x.cfg")]
    [InlineData("(printf .if; head -c 200000 /dev/zero | tr '\\0' '!'; echo 1) > HERE/x.cfg")]
    [InlineData("(printf 'frontend f\\n  http-request deny if { path,'; head -c 200000 /dev/zero | tr '\\0' '('; echo ' }') > HERE/x.cfg")]
    [InlineData("(printf 'frontend f\\n  http-request set-header a '; yes '%[str(' | head -20000 | tr -d '\\n'; echo) > HERE/x.cfg")]
    [InlineData("mkdir HERE/x.cfg")]
    [InlineData("ln -s x.cfg HERE/x.cfg")]
    [InlineData("ln -s /dev/zero HERE/x.cfg")]
    [InlineData(": > HERE/x.cfg")]
    public void Odd_files_are_refused_in_words(string make)
    {
        (int status, string output) = Shell($"{make}; BATON -c -f HERE/x.cfg 2>&1 | head -c 4000; BATON -c -f HERE/x.cfg >/dev/null 2>&1");
        IsNoDump(output);
        Assert.True(status is 1 or 2, $"{status} {output}");
        Assert.NotEqual("", output);
    }

    [Theory]
    [InlineData("errorfile 503 HERE")]
    [InlineData("http-request deny if { path -f HERE }")]
    [InlineData("http-request set-path %[path,map(HERE)]")]
    [InlineData("http-request return status 200 content-type a file HERE")]
    [InlineData("http-request set-path \"%[path,map('')]\"")]
    public void A_directory_or_nothing_in_a_files_place(string line)
    {
        string file = Path.Combine(Directory, "line.cfg");
        File.WriteAllText(file, File.ReadAllText(Good) + "    " + line.Replace("HERE", Directory) + "\n");
        (int status, string output) = Run(Products.Path(Product.Baton), "-c", "-f", file);
        IsNoDump(output);
        Assert.Equal(1, status);
        Assert.Contains("line.cfg:5]", output.Split('\n').First(l => l.Contains("ALERT")));
    }
}
