// The words a client of HTTP/2 begins with (RFC 9113 §3.4), where nothing before them has said that it will.
using System;

namespace Baton.Http.H2;

public static class ClientPreface
{
    /// <summary>What first bytes are.</summary>
    public enum Verdict : byte
    {
        /// <summary>Something else, HTTP/1 for all that is known.</summary>
        Other,

        /// <summary>So far the preface, but it is not all here.</summary>
        Begun,
        Preface,
    }

    /// <summary>Bytes of the preface that look like a head of HTTP/1.</summary>
    private const int HeadLength = 18;

    /// <summary>Fewer bytes than this decide nothing: methods may begin with them.</summary>
    private const int LeastLength = 4;

    /// <summary>Judges at least one byte.</summary>
    public static Verdict Look(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> words = FrameWriter.Preface[..HeadLength];
        if (text[0] != words[0])
            return Verdict.Other;
        if (text.Length >= words.Length)
            return text.StartsWith(words) ? Verdict.Preface : Verdict.Other;
        return text.Length >= LeastLength && words.StartsWith(text) ? Verdict.Begun : Verdict.Other;
    }
}
