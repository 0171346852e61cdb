// OpenSSL's words for a fault: "error:0A0000C1:SSL routines::no shared cipher".
// SAFETY: OpenSSL writes at most as many bytes as it is told there are, with a zero behind.
using System;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

internal static unsafe class FaultText
{
    /// <summary>Bytes written; what does not fit is left out.</summary>
    public static int Write(uint fault, Span<byte> into)
    {
        if (into.IsEmpty)
            return 0;
        fixed (byte* p = into)
            LibErrors.ERR_error_string_n(fault, p, (nuint)into.Length);
        int end = into.IndexOf((byte)0);
        return end < 0 ? into.Length : end;
    }
}
