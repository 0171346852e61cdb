// Hello: version, oldest version understood, pid, participants with their versions.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

internal static class HandoverHello
{
    public static void Write(FrameWriter w, List<IHandoverParticipant> participants)
    {
        w.Clear();
        w.UInt16(HandoverProtocol.Version);
        w.UInt16(HandoverProtocol.OldestVersion);
        w.Int32(Processes.getpid());
        w.UInt16(participants.Count);
        foreach (IHandoverParticipant p in participants)
        {
            w.Text(p.Name);
            w.UInt16(p.Version);
        }
    }
}
