// Memory for what a TLS connection does within one call: ciphertext that has just come, and ciphertext that is about to leave. And how
// long its records are, which is the same for all of them.
// SAFETY: two areas as long as the worker lives; what is in them holds until the next call on a TLS connection of the worker.
using System;
using System.Runtime.InteropServices;
using Baton.Configuration.Model;
using Baton.Http.Tls.Records;

namespace Baton.Engine.Tls;

/// <summary>OWNER: one worker. Made with its first TLS connection; the kernel gives pages when they are written to.</summary>
internal sealed unsafe class TlsScratch
{
    /// <summary>What a bulk block can take and what is around it, and one record more.</summary>
    public const int InSize = 65536 + 4096 + RecordState.LargestRecord;

    /// <summary>A flight of a handshake, with the longest chain of certificates OpenSSL takes (100 KB).</summary>
    public const int OutSize = 131072;

    public TlsScratch(TlsGlobalConfig global)
    {
        if (global.LargestRecord > 0)
            LargestText = Math.Min(LargestText, global.LargestRecord);
        FirstText = Math.Min(LargestText, global.FirstRecords);
    }

    /// <summary>Most bytes of text in a record.</summary>
    public int LargestText { get; } = RecordState.LargestFragment;

    /// <summary>The same at the beginning of a transfer; 0 when nobody has said so.</summary>
    public int FirstText { get; }

    public byte* In { get; } = (byte*)NativeMemory.Alloc(InSize);
    public byte* Out { get; } = (byte*)NativeMemory.Alloc(OutSize);

    /// <summary>What seals and opens records.</summary>
    public AeadContexts Aead { get; } = new();
}
