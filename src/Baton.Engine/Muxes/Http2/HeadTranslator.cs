// Heads on their way from HTTP/1 text to field blocks of a server's connection, and back: one of each for a worker, in use for a call.
// SAFETY: the tables and the arena are rented from the worker's pools for that time; a request's bytes are the caller's.
using System;
using Baton.Engine.Loop;
using Baton.Http.H1;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: its worker.</summary>
internal sealed unsafe class HeadTranslator(Worker worker)
{
    private readonly HeadParser _parser = new(new MessageHead(worker.Engine.Config.Global.MaxHttpHeaders, isLent: true));
    private byte* _arena;

    /// <summary>The request that was read last, and the answer.</summary>
    public MessageHead Request => _parser.Head;
    public MessageHead Response { get; } = new(worker.Engine.Config.Global.MaxHttpHeaders, isLent: true);

    /// <summary>It has been judged where it came in: what was let pass there is not refused here.</summary>
    private static ParseOptions Judged => new() { AcceptUnsafeViolations = true, AcceptPayloadWithAnyMethod = true };

    /// <summary>Reads the head that the bytes begin with. False when it is none, or there is no memory for it.</summary>
    /// <param name="isNeverIndexed">No table is to have any of its fields.</param>
    public bool BeginRequest(byte* text, int length, bool isNeverIndexed)
    {
        byte* table = worker.HeaderTables.Rent();
        if (table is null)
            return false;
        Request.Lend(table);
        if (_parser.ParseRequest(text, length, Judged) != ParseStatus.Complete)
        {
            EndRequest();
            return false;
        }
        if (isNeverIndexed)
            foreach (ref HeaderField field in Request.Fields)
                field.Flags |= HeaderField.NeverIndexedFlag;
        return true;
    }

    public void EndRequest()
    {
        byte* table = Request.TakeTable();
        if (table is not null)
            worker.HeaderTables.Return(table);
    }

    /// <summary>Reads the field block of an answer to a request of that method.</summary>
    public HeadReading ReadResponse(ref HpackDecoder decoder, ReadOnlySpan<byte> block, HttpMethod method, HeadLimits limits, bool ends)
    {
        byte* table = worker.HeaderTables.Rent();
        _arena = worker.Buffers.RentLast();
        if (table is null || _arena is null)
        {
            if (table is not null)
                worker.HeaderTables.Return(table);
            bool isInStep = Http2HeadReader.PassOver(ref decoder, block, worker.Scratch.TextSpan);
            return new HeadReading { Verdict = isInStep ? HeadVerdict.TooLarge : HeadVerdict.Undecodable };
        }
        Response.Lend(table);
        Response.SetArena(_arena, worker.Scratch.Head, worker.Buffers.BlockSize);
        Response.MaxLength = worker.Buffers.BlockSize;
        return Http2HeadReader.ReadResponse(ref decoder, block, worker.Scratch.TextSpan, Response, method, limits, ends);
    }

    /// <summary>The answer as text, in the worker's scratch memory; empty when it is too long.</summary>
    public ReadOnlySpan<byte> WriteResponse()
    {
        if (!HeadWriter.RestoreFraming(Response))
            return default;
        Span<byte> text = worker.Scratch.HeadSpan;
        int length = HeadWriter.Write(Response, text);
        return length < 0 ? default : text[..length];
    }

    public void EndResponse()
    {
        byte* table = Response.TakeTable();
        if (table is not null)
            worker.HeaderTables.Return(table);
        if (_arena is not null)
            worker.Buffers.Return(_arena);
        _arena = null;
    }
}
