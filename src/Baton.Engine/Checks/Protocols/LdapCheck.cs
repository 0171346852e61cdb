// "option ldap-check": an anonymous bind of LDAPv3 (RFC 4511), and the result code of its answer.
using System;

namespace Baton.Engine.Checks.Protocols;

internal static class LdapCheck
{
    private const byte Sequence = 0x30,
        BindResponse = 0x61,
        Enumerated = 0x0A;

    private const string NotLdap = "Not LDAPv3 protocol",
        Codes = "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9";

    /// <summary>Message 1: a bind request, version 3, no name, simple authentication without a password.</summary>
    private static ReadOnlySpan<byte> Bind => [0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00];

    public static CheckStep[] Steps() => [new ConnectStep(), new SendStep(Bind.ToArray()), new ProtocolExpect(Answer)];

    private static CheckAnswer Answer(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        if (data.Length < Bind.Length && !last && (data.IsEmpty || data[0] == Sequence))
            return CheckAnswer.Wait;
        if (!Enter(ref data, Sequence) || data.Length < 3)
            return new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, NotLdap);
        // the number of the message
        data = data[3..];
        if (!Enter(ref data, BindResponse) || data.Length < 3 || data[0] != Enumerated)
            return new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, NotLdap);
        int code = data[2];
        return code == 0 ? new(CheckVerdict.Passed, CheckStatus.Layer7Ok) : new(CheckVerdict.Failed, CheckStatus.Layer7Status, code, Codes);
    }

    /// <summary>Goes behind tag and length.</summary>
    private static bool Enter(ref ReadOnlySpan<byte> data, byte tag)
    {
        if (data.Length < 2 || data[0] != tag)
            return false;
        int bytes = data[1] < 0x80 ? 0 : data[1] & 0x7F;
        if (data.Length < 2 + bytes)
            return false;
        data = data[(2 + bytes)..];
        return true;
    }
}
