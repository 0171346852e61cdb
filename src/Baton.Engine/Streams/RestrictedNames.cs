// option http-restrict-req-hdr-names: headers that a server may take for others, because their names are no plain words.
using System;
using Baton.Configuration.Model;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

internal static class RestrictedNames
{
    /// <summary>Judges the request's names as a proxy wants it. False when the request was refused.</summary>
    public static bool Pass(HttpStream stream, ProxyConfig proxy)
    {
        if (proxy.HeaderNamePolicy == HeaderNamePolicy.Preserve)
            return true;
        MessageHead head = stream.RequestHead;
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField field = ref head.Field(i);
            if ((field.Flags & HeaderField.RemovedFlag) != 0 || IsPlain(field.NameSpan))
                continue;
            if (proxy.HeaderNamePolicy == HeaderNamePolicy.Reject)
            {
                stream.Counters.Frontend.DeniedRequests++;
                stream.Counters.Listener.DeniedRequests++;
                stream.Answers.Error(403, TerminationCause.Proxy, TerminationPhase.Request);
                return false;
            }
            stream.Heads.BeginEdit(head);
            head.RemoveField(i);
        }
        return true;
    }

    private static bool IsPlain(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '-')
                return false;
        return true;
    }
}
