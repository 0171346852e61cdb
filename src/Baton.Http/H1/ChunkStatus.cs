namespace Baton.Http.H1;

public enum ChunkStatus : byte { NeedMore, Done, Bad }
