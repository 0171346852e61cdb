// Method 5: as 4, but SYNs are held, not dropped, and let go afterwards: nobody waits for a retransmission. The plug discipline where the
// kernel has it; otherwise an HTB class at a crawl (16 kbit/s: a SYN each 37 ms), which is then opened. A u32 classifier finds the SYNs.
using System.Collections.Generic;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class SynDelay() : ReloadMethod(5, "syn-delay", "SYNs delayed meanwhile")
{
    // IP protocol 6, port 8080, SYN and not ACK; the offsets are those of a header without options
    private static readonly string[] Match =
    [
        "u32",
        "match",
        "ip",
        "protocol",
        "6",
        "0xff",
        "match",
        "u16",
        "0x1f90",
        "0xffff",
        "at",
        "22",
        "match",
        "u8",
        "0x02",
        "0x12",
        "at",
        "33",
    ];

    private static readonly string[] AddHtb = ["tc", "qdisc", "add", "dev", "lo", "root", "handle", "1:", "htb"];
    private static readonly string[] AddClass =
    [
        "tc",
        "class",
        "add",
        "dev",
        "lo",
        "parent",
        "1:",
        "classid",
        "1:10",
        "htb",
        "rate",
        "10gbit",
        "quantum",
        "60000",
    ];
    private static readonly string[] AddQueue =
    [
        "tc",
        "qdisc",
        "add",
        "dev",
        "lo",
        "parent",
        "1:10",
        "handle",
        "10:",
        "pfifo",
        "limit",
        "100000",
    ];
    private static readonly string[] AddFilter =
    [
        "tc",
        "filter",
        "add",
        "dev",
        "lo",
        "parent",
        "1:",
        "protocol",
        "ip",
        "prio",
        "1",
        .. Match,
        "flowid",
        "1:10",
    ];
    private static readonly string[] Crawl =
    [
        "tc",
        "class",
        "change",
        "dev",
        "lo",
        "parent",
        "1:",
        "classid",
        "1:10",
        "htb",
        "rate",
        "16kbit",
        "burst",
        "80",
        "cburst",
        "80",
        "quantum",
        "60000",
    ];
    private static readonly string[] Release =
    [
        "tc",
        "class",
        "change",
        "dev",
        "lo",
        "parent",
        "1:",
        "classid",
        "1:10",
        "htb",
        "rate",
        "10gbit",
        "quantum",
        "60000",
    ];

    // plug alone would hold everything: it hangs below a prio band that only SYNs are steered to
    private static readonly string[] AddPrio =
    [
        "tc",
        "qdisc",
        "add",
        "dev",
        "lo",
        "root",
        "handle",
        "1:",
        "prio",
        "bands",
        "2",
        "priomap",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
    ];
    private static readonly string[] AddPlug =
    [
        "tc",
        "qdisc",
        "add",
        "dev",
        "lo",
        "parent",
        "1:2",
        "handle",
        "20:",
        "plug",
        "limit",
        "33554432",
    ];
    private static readonly string[] PlugFilter =
    [
        "tc",
        "filter",
        "add",
        "dev",
        "lo",
        "parent",
        "1:",
        "protocol",
        "ip",
        "prio",
        "1",
        .. Match,
        "flowid",
        "1:2",
    ];
    private static readonly string[] PlugHold = ["tc", "qdisc", "change", "dev", "lo", "parent", "1:2", "handle", "20:", "plug", "block"];
    private static readonly string[] PlugRelease =
    [
        "tc",
        "qdisc",
        "change",
        "dev",
        "lo",
        "parent",
        "1:2",
        "handle",
        "20:",
        "plug",
        "release_indefinite",
    ];

    private static readonly string[][] WithPlug = [AddPrio, AddPlug, PlugFilter, PlugRelease],
        WithHtb = [AddHtb, AddClass, AddQueue, AddFilter];

    public override string? Unavailable(LabOptions options, Target target) =>
        Try("plug", WithPlug) is { } why && Try("htb", WithHtb) is { } alsoWhy ? $"{why}; {alsoWhy}" : null;

    public override void Prepare(Stage stage)
    {
        bool plug = Try("plug", WithPlug) is null;
        foreach (string[] command in plug ? WithPlug : WithHtb)
            Shell.Must(stage.Network.Command(command));
        stage.State = plug ? (PlugHold, PlugRelease) : (Crawl, Release);
    }

    public override void Reload(Stage stage)
    {
        (string[] hold, string[] release) = ((string[], string[]))stage.State!;
        Shell.Must(stage.Network.Command(hold));
        try
        {
            SynDrop.BehindClosedDoors(stage);
        }
        finally
        {
            Shell.Must(stage.Network.Command(release));
        }
    }
}
