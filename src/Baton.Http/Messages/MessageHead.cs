// The head of one HTTP message, whichever wire it came by or leaves on: start line, fields, and what they say about body and
// connection. It points into the buffer that a reader found it in (H1/HeadParser) and into an arena for what was made (HeadMaker) or
// edited; it copies nothing and is reused for message after message. What may be in a head is judged by HeadChecks; changing one is in
// MessageHead.Editing.cs; writing one is the business of each form (H1/HeadWriter).
// SAFETY: every piece of text lies in that buffer or in the arena; MoveSource and a squeeze of the arena move all of them along.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>A message head that can be read and edited. Pooled by its owner, one for each direction of a stream.</summary>
public sealed unsafe partial class MessageHead
{
    internal HeadSource Source;
    internal HeadFlags Flags;
    internal RequestTarget TargetText;

    /// <summary>Where those fields are that tell authority and end of the body, -1 without one. Valid until the first edit.</summary>
    internal int HostIndex,
        LengthIndex,
        EncodingIndex;

    /// <summary>The head is whole: what happens to it from now on are edits.</summary>
    internal bool IsWhole;

    private byte* _method;
    private byte* _reason;
    private int _methodLength;
    private int _reasonLength;

    /// <summary>
    /// Creates a head that accepts up to <paramref name="maxFields"/> - 1 fields (HAProxy counts the start line), with a table for
    /// them unless the owner lends it one for each message.
    /// </summary>
    public MessageHead(int maxFields = 101, bool isLent = false)
    {
        Fields = new FieldTable(maxFields, isLent);
        Reset();
    }

    /// <summary>The fields, in their order.</summary>
    public FieldTable Fields { get; }

    /// <summary>Bytes of a table for so many fields.</summary>
    public static int TableSize(int maxFields) => FieldTable.MemorySize(maxFields);

    /// <summary>It has a table, and a message may be read into it.</summary>
    public bool HasTable => Fields.HasMemory;

    /// <summary>Lends a table of <see cref="TableSize"/> bytes; the head is empty then.</summary>
    public void Lend(byte* table)
    {
        Fields.Lend(table);
        Reset();
    }

    /// <summary>Takes the lent table back, null when there is none. What the head says of its start line and its body stays.</summary>
    public byte* TakeTable()
    {
        byte* table = Fields.TakeBack();
        if (table != null)
            HostIndex = LengthIndex = EncodingIndex = -1;
        return table;
    }

    /// <summary>Forgets the message. Needed before each new one; keeps the arena, in which the next begins to write anew.</summary>
    public void Reset()
    {
        Fields.Clear();
        Source = default;
        Flags = HeadFlags.None;
        TargetText = default;
        HostIndex = LengthIndex = EncodingIndex = -1;
        IsWhole = false;
        _methodLength = 0;
        _reasonLength = 0;
        FieldBytes = 0;
        Method = HttpMethod.Other;
        MajorVersion = 1;
        MinorVersion = 1;
        Status = 0;
        Body = BodyKind.None;
        ContentLength = -1;
        IsStartModified = AreFieldsModified = IsFramingEdited = IsSentInChunks = KeepsParts = false;
        _arena.Clear();
        Version++;
        Generation++;
    }

    /// <summary>Another one for every message: a reader that was half through the one before begins anew.</summary>
    internal int Generation { get; private set; }

    /// <summary>
    /// Bytes of the head in the input it was read from, with the empty line and the CRLFs skipped before a request (RFC 9112 §2.2);
    /// 0 for one that did not come as text.
    /// </summary>
    public int HeadLength => Source.Length;

    /// <summary>Bytes of all field names and values as received, without separators and white space around values.</summary>
    public int FieldBytes { get; internal set; }

    /// <summary>The same of the fields as they are now.</summary>
    public int CurrentFieldBytes => Fields.Bytes;

    /// <summary>A response, not a request.</summary>
    public bool IsResponse => (Flags & HeadFlags.IsResponse) != 0;

    /// <summary>The request method.</summary>
    public HttpMethod Method { get; internal set; }

    /// <summary>The form of the request target.</summary>
    public TargetForm Form => TargetText.Form;

    /// <summary>1, or 2 and 3 for a message that came in frames.</summary>
    public int MajorVersion { get; internal set; }

    /// <summary>The x of HTTP/1.x in which the message is to be understood; 1 for one of a later version.</summary>
    public int MinorVersion { get; internal set; }

    /// <summary>The version as "1.1".</summary>
    public ReadOnlySpan<byte> VersionText =>
        MajorVersion switch
        {
            2 => "2.0"u8,
            3 => "3.0"u8,
            _ => MinorVersion == 0 ? "1.0"u8 : "1.1"u8,
        };

    /// <summary>Status code of a response, 100-999.</summary>
    public int Status { get; internal set; }

    /// <summary>How the body is delimited.</summary>
    public BodyKind Body { get; internal set; }

    /// <summary>The announced Content-Length, -1 without one; a response to HEAD has one and no body.</summary>
    public long ContentLength { get; internal set; }

    /// <summary>The method's bytes.</summary>
    public ReadOnlySpan<byte> MethodSpan => new(_method, _methodLength);

    /// <summary>The request target as received or set; the whole URI when scheme, authority and path came one by one.</summary>
    public ReadOnlySpan<byte> Target => TargetText.Span;

    /// <summary>The reason phrase, may be empty.</summary>
    public ReadOnlySpan<byte> Reason => new(_reason, _reasonLength);

    /// <summary>The scheme, where the target names one; else the connection knows it.</summary>
    public ReadOnlySpan<byte> Scheme => TargetText.Scheme;

    /// <summary>The authority of an absolute or authority form target, else empty: see the Host field.</summary>
    public ReadOnlySpan<byte> Authority => TargetText.Authority;

    /// <summary>The path of the target without query; empty for authority and asterisk form.</summary>
    public ReadOnlySpan<byte> Path => TargetText.Path;

    /// <summary>The query without its question mark.</summary>
    public ReadOnlySpan<byte> Query => TargetText.Query;

    /// <summary>True when the target has a question mark, be there anything behind it or not.</summary>
    public bool HasQuery => TargetText.HasQuery;

    /// <summary>Path with question mark and query, as HAProxy's pathq.</summary>
    public ReadOnlySpan<byte> PathAndQuery => TargetText.PathAndQuery;

    /// <summary>The target was put together of scheme, authority and path: HTTP/1 text says the path, and the authority in Host.</summary>
    public bool IsTargetComposed => TargetText.IsComposed;

    /// <summary>Connection lists close.</summary>
    public bool ConnectionClose => (Flags & HeadFlags.Close) != 0;

    /// <summary>Connection lists keep-alive.</summary>
    public bool ConnectionKeepAlive => (Flags & HeadFlags.KeepAlive) != 0;

    /// <summary>Connection lists upgrade.</summary>
    public bool ConnectionUpgrade => (Flags & HeadFlags.Upgrade) != 0;

    /// <summary>There is an Upgrade field.</summary>
    public bool HasUpgradeHeader => (Flags & HeadFlags.HasUpgrade) != 0;

    /// <summary>There is a Connection field.</summary>
    public bool HasConnectionHeader => (Flags & HeadFlags.HasConnection) != 0;

    /// <summary>There is a Keep-Alive, Proxy-Connection or TE field: for this connection alone.</summary>
    public bool HasHopByHopHeader => (Flags & HeadFlags.HasHopByHop) != 0;

    /// <summary>A chunked answer in HTTP/1.0: who reads it may take another end for its end, so nothing may follow (RFC 9112
    /// §6.1).</summary>
    public bool HasDoubtfulEnd => (Flags & HeadFlags.DoubtfulEnd) != 0;

    /// <summary>The client waits for 100 Continue before it sends the body (HTTP/1.1 and later).</summary>
    public bool ExpectContinue => (Flags & HeadFlags.ExpectContinue) != 0 && MinorVersion >= 1;

    /// <summary>The peer of this message lets the connection live after it (RFC 9112 §9.3).</summary>
    public bool KeepAlive => MinorVersion >= 1 ? !ConnectionClose : ConnectionKeepAlive && !ConnectionClose;

    /// <summary>Fields in the table, removed ones included.</summary>
    public int FieldCount => Fields.Count;

    /// <summary>The field at an index below <see cref="FieldCount"/>.</summary>
    public ref HeaderField Field(int i) => ref Fields[i];

    /// <summary>Index of the first field of that name behind <paramref name="after"/>, or -1. Skips removed ones.</summary>
    public int Find(HeaderId id, int after = -1) => Fields.Find(id, after);

    /// <summary>Same by name, ignoring case.</summary>
    public int Find(ReadOnlySpan<byte> name, int after = -1) => Fields.Find(name, after);

    /// <summary>A reader has found the method here.</summary>
    internal void NoteMethod(byte* text, int length, HttpMethod method)
    {
        _method = text;
        _methodLength = length;
        Method = method;
    }

    /// <summary>A reader has found the reason here.</summary>
    internal void NoteReason(byte* text, int length)
    {
        _reason = text;
        _reasonLength = length;
    }

    /// <summary>A reader keeps a part of a value alone, or all of it: the field is to be written anew.</summary>
    internal void Shorten(ref HeaderField field, int from, int length)
    {
        int before = FieldTable.SizeOf(ref field);
        field.Value += from;
        field.ValueLength = length;
        field.SourceLength = 0;
        Fields.Resize(FieldTable.SizeOf(ref field) - before);
        AreFieldsModified = true;
    }

    /// <summary>What a reader has found in a buffer up to <paramref name="length"/> lies elsewhere now.</summary>
    internal void MoveSource(byte* start, int length)
    {
        nint delta = (nint)(start - Source.Start);
        byte* low = Source.Start;
        byte* high = low + Math.Max(length, Source.Length);
        Move(ref _method, low, high, delta);
        Move(ref TargetText.Text, low, high, delta);
        Move(ref _reason, low, high, delta);
        Fields.Move(low, high, delta);
        Source.Start = start;
    }

    internal static void Move(ref byte* pointer, byte* low, byte* high, nint delta)
    {
        if (pointer >= low && pointer <= high)
            pointer += delta;
    }
}
