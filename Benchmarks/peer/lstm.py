"""LSTM layers: parameters of a direction, and a tuned layer with its backward pass written by hand."""
import torch
from torch import nn


class Cell(nn.Module):
    """Parameters of one direction; gates i, f, g, o, one bias."""

    def __init__(self, inputs, width):
        super().__init__()
        self.input = nn.Parameter(torch.empty(4 * width, inputs))
        self.recurrent = nn.Parameter(torch.empty(4 * width, width))
        self.bias = nn.Parameter(torch.empty(4 * width))
        self.register_buffer("zero", torch.zeros(4 * width), persistent=False)
        for p in self.parameters():
            nn.init.uniform_(p, -(width**-0.5), width**-0.5)

    def flat(self):
        """As torch.lstm takes them."""
        return [self.input, self.recurrent, self.bias, self.zero]

    def step(self, x, h, c):
        gates = torch.addmm(self.bias, x, self.input.t()) + torch.mm(h, self.recurrent.t())
        i, f, g, o = gates.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class PackedLSTM(torch.autograd.Function):
    """LSTM over packed time-major rows with one weight-gradient product a matrix, where autograd's own
    has one a time step, each added to 16 MB.

    x [tokens, inputs], h and c [B, width]; `live[t]` rows are there at time t; `low` is the type of
    the products, or None for that of the values.
    """

    @staticmethod
    def forward(ctx, x, h0, c0, input, recurrent, bias, live, reverse, low):
        width, tokens, steps = recurrent.shape[1], x.shape[0], len(live)
        offsets = [sum(live[:t]) for t in range(steps + 1)]
        if low:
            x, recurrent = x.to(low), recurrent.to(low)
            gates = torch.mm(x, input.to(low).t()).to(bias.dtype).add_(bias)
        else:
            gates = torch.addmm(bias, x, input.t())
        transposed = recurrent.t()
        hs_in, cs_in, tanh_c, hs = (torch.empty(tokens, width) for _ in range(4))
        h, c = h0.clone(), c0.clone()
        for t in reversed(range(steps)) if reverse else range(steps):
            n = live[t]
            s = slice(offsets[t], offsets[t] + n)
            g, hn, cn = gates[s], h[:n], c[:n]
            hs_in[s].copy_(hn)
            cs_in[s].copy_(cn)
            if low:
                g.add_(torch.mm(hn.to(low), transposed))
            else:
                g.addmm_(hn, transposed)
            g[:, : 2 * width].sigmoid_()
            g[:, 2 * width : 3 * width].tanh_()
            g[:, 3 * width :].sigmoid_()
            cn.mul_(g[:, width : 2 * width])
            cn.addcmul_(g[:, :width], g[:, 2 * width : 3 * width])
            torch.tanh(cn, out=tanh_c[s])
            torch.mul(g[:, 3 * width :], tanh_c[s], out=hs[s])
            hn.copy_(hs[s])
        ctx.save_for_backward(x, input, recurrent, gates, hs_in, cs_in, tanh_c)
        ctx.meta = (live, offsets, reverse, low)
        return hs, h, c

    @staticmethod
    def backward(ctx, dhs, dh, dc):
        x, input, recurrent, gates, hs_in, cs_in, tanh_c = ctx.saved_tensors
        live, offsets, reverse, low = ctx.meta
        width, steps = recurrent.shape[1], len(live)
        dh, dc, dgates = dh.clone(), dc.clone(), torch.empty_like(gates)
        for t in range(steps) if reverse else reversed(range(steps)):
            n = live[t]
            s = slice(offsets[t], offsets[t] + n)
            d, tc, dht, dct = dgates[s], tanh_c[s], dh[:n], dc[:n]
            i, f, g, o = gates[s].chunk(4, 1)
            dht.add_(dhs[s])
            through = dht * o
            dct.add_(through).addcmul_(through * tc, tc, value=-1)
            torch.mul(through * tc, 1 - o, out=d[:, 3 * width :])
            torch.mul(dct * g, i * (1 - i), out=d[:, :width])
            torch.mul(dct * cs_in[s], f * (1 - f), out=d[:, width : 2 * width])
            torch.mul(dct * i, 1 - g * g, out=d[:, 2 * width : 3 * width])
            dct.mul_(f)
            if low:
                dht.copy_(torch.mm(d.to(low), recurrent))
            else:
                torch.mm(d, recurrent, out=dht)
        bias = dgates.sum(0)
        if low:
            dgates, hs_in, input = dgates.to(low), hs_in.to(low), input.to(low)
        dinput, drecurrent = torch.mm(dgates.t(), x), torch.mm(dgates.t(), hs_in)
        dx = torch.mm(dgates, input)
        return dx.float(), dh, dc, dinput.float(), drecurrent.float(), bias, None, None, None
