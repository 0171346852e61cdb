// An answer that a function judges, of a protocol that has its own rules.
using System;

namespace Baton.Engine.Checks.Protocols;

/// <param name="judge">Told what has come, and whether nothing more does.</param>
internal sealed class ProtocolExpect(Func<CheckDialogue, bool, CheckAnswer> judge) : ExpectStep
{
    public override CheckAnswer Judge(CheckDialogue dialogue, bool last) => judge(dialogue, last);

    public override string Where => "";
}
