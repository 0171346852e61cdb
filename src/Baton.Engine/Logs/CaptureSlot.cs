// One captured value's place in the block of captures that each stream holds.
namespace Baton.Engine.Logs;

/// <summary>A slot: the header it is filled from (empty when rules fill it), its place and its length. Two bytes of length stand before the
/// text.</summary>
public sealed record CaptureSlot(byte[] Header, int Offset, int Length);
