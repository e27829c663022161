export const HAEUN = 'U0HAEUN001';
export const DOYUN = 'U0DOYUN001';
export const SIWOO = 'U0SIWOO001';
