// Method 4: as 3, but no SYN gets through while it lasts (nftables, or iptables). Nothing is lost as long as the old process has accepted
// what it had; whoever came meanwhile is a retransmission late, which is a second.
using System.Collections.Generic;
using System.Threading;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

namespace Baton.Lab.Methods;

internal sealed class SynDrop() : ReloadMethod(4, "syn-drop", "SYNs dropped meanwhile")
{
    /// <summary>For handshakes under way to be finished and accepted, in ms.</summary>
    internal const int SettleMs = 10;

    private static readonly string[] Table = ["nft", "add table ip lab; add chain ip lab input { type filter hook input priority 0; }"];
    private static readonly string[] On = ["nft", $"add rule ip lab input tcp dport {Stage.Port} tcp flags & (syn|ack) == syn drop"];
    private static readonly string[] Off = ["nft", "flush chain ip lab input"];
    private static readonly string[] OldOn = ["iptables", "-A", "INPUT", "-p", "tcp", "--dport", "8080", "--syn", "-j", "DROP"];
    private static readonly string[] OldOff = ["iptables", "-F", "INPUT"];

    public override string? Unavailable(LabOptions options, Target target) =>
        Try("nftables", [Table, On]) is { } why && Try("iptables", [OldOn]) is { } alsoWhy ? $"{why}; {alsoWhy}" : null;

    public override void Prepare(Stage stage) =>
        stage.State = Shell.Run(stage.Network.Command(Table)).Status == 0 ? (On, Off) : (OldOn, OldOff);

    public override void Reload(Stage stage)
    {
        (string[] on, string[] off) = ((string[], string[]))stage.State!;
        Shell.Must(stage.Network.Command(on));
        try
        {
            BehindClosedDoors(stage);
        }
        finally
        {
            Shell.Must(stage.Network.Command(off));
        }
    }

    /// <summary>A reload while no new connection arrives: returns when the old process listens no more.</summary>
    internal static void BehindClosedDoors(Stage stage)
    {
        Thread.Sleep(SettleMs);
        int old = stage.Pid,
            listener = stage.ListenerDescriptor(old);
        string? socket = Stage.Descriptor(old, listener);
        SoftFinish(stage);
        for (int i = 0; i < 1000 && socket is not null && Stage.Descriptor(old, listener) == socket; i++)
            Thread.Sleep(1);
    }
}
