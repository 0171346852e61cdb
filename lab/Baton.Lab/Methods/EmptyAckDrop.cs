// Method 6: as 3, but empty ACKs (and those with under 3 bytes and no PSH) are dropped meanwhile. The ACK that completes a handshake is
// then the one that carries the request: no connection waits, established and idle, in the old process's queue.
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class EmptyAckDrop() : ReloadMethod(6, "empty-ack-drop", "empty ACKs dropped meanwhile")
{
    // IP header 20, TCP header 32 with time stamps: 52 bytes without data
    private static readonly string[] Table = ["nft", "add table ip lab; add chain ip lab input { type filter hook input priority 0; }"];
    private static readonly string[] On =
    [
        "nft",
        $"add rule ip lab input tcp dport {Stage.Port} tcp flags & (fin|syn|rst|psh|ack) == ack ip length < 55 drop",
    ];
    private static readonly string[] Off = ["nft", "flush chain ip lab input"];

    // total length below 55, protocol TCP, and behind the IP header: port 8080, ACK alone
    private static readonly string[] OldOn =
    [
        "iptables",
        "-A",
        "INPUT",
        "-p",
        "tcp",
        "--dport",
        "8080",
        "-m",
        "u32",
        "--u32",
        "0&0xffff=0:54&&0>>22&0x3c@12>>16&0x1f=0x10",
        "-j",
        "DROP",
    ];
    private static readonly string[] OldOff = ["iptables", "-F", "INPUT"];

    public override string? Unavailable(LabOptions options, Target target) =>
        Try("nftables", [Table, On]) is { } why && Try("iptables with u32", [OldOn]) is { } alsoWhy ? $"{why}; {alsoWhy}" : null;

    public override void Prepare(Stage stage) =>
        stage.State = Shell.Run(stage.Network.Command(Table)).Status == 0 ? (On, Off) : (OldOn, OldOff);

    public override void Reload(Stage stage)
    {
        (string[] on, string[] off) = ((string[], string[]))stage.State!;
        Shell.Must(stage.Network.Command(on));
        try
        {
            SynDrop.BehindClosedDoors(stage);
        }
        finally
        {
            Shell.Must(stage.Network.Command(off));
        }
    }
}
